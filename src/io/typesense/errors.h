#pragma once

#include <string>
#include <string_view>

#include "reembed/base/error.h"
#include "reembed/base/secret.h"
#include "reembed/core/http_message.h"

namespace reembed {

/// Where an answer came from, and what must not be shown of it.
struct AnswerOrigin {
  std::string host;  ///< host:port
  const Redactor& redact;
};

/// The text a Typesense error body carries under `message` (or `error`). The server glues these
/// bodies together without escaping, so one that quotes an id or a filter may be no valid JSON
/// (tests/data/transcripts/09-documents.json); then everything between the first and the last
/// quote is the text. A body of another kind (a proxy's page) is returned as it is.
std::string MessageOf(std::string_view body);

/// The one place where a status of Typesense becomes an error; `response` is not a 2xx.
/// 401 → kRefused · 404 → kNotFound · 408 → kTransient · 413 (from a proxy) → kTooBig ·
/// 429 → kRateLimited · 503 → kBusy · 500 for an alias with a collection's name → kRefused · other
/// 5xx → kTransient · 422 for an alteration in progress →
/// kBusy · 3xx and other 4xx (also 422 for a full disk or memory) → kRefused.
Error ErrorFromAnswer(const HttpResponse& response, const AnswerOrigin& origin);

/// The same for an item of a /multi_search answer, which has `code` and `error` of its own.
Error ErrorFromItem(int code, std::string_view text, const AnswerOrigin& origin);

/// True for the text of a 404 that means a document. The collection's 404 has other words: those of
/// the version, or of whoever stands in front (tests/data/transcripts/09-documents.json).
bool SaysDocumentMissing(std::string_view text);

}  // namespace reembed
