#pragma once

#include "providers/error_context.h"
#include "reembed/base/error.h"
#include "reembed/core/http_message.h"

namespace reembed {

/// What an answer without vectors of the Gemini API means. The first that applies:
///   key        `API_KEY_INVALID` and its kin, which come with 400: kRefused
///   plan       FAILED_PRECONDITION, no credit, a quota of `limit: 0`: kRefused
///   quota      429: kRateLimited; a quota per day waits until midnight Pacific, because the delay
///              that comes with it is that of the quota per minute
///   size       more than 100 texts, more than 4 MB: kTooBig; a text with too many tokens: kTooLong
///   request    a 400 about JSON, a field, the model, length or task type: kRefused
///   text       every other 400, with the item where `requests[N]` is named: kBadText
///   status     see KindOfStatus
/// Wordings: https://ai.google.dev/gemini-api/docs/troubleshooting and captured answers.
/// Pure. Never throws on any bytes.
Error ClassifyGoogleError(const HttpResponse& response, const ErrorContext& context);

}  // namespace reembed
