#pragma once

#include "reembed/base/error.h"
#include "reembed/core/http_message.h"
#include "reembed/core/quota.h"

namespace reembed {

/// What `x-ratelimit-limit-*`, `-remaining-*` and `-reset-*` of `requests` and `tokens` say, on an
/// answer of any status. Each may be missing: Azure sends `remaining` alone. What cannot be read
/// counts as missing, and so does a limit of zero. `reset` is the time until all of the quota is
/// there again (https://platform.openai.com/docs/guides/rate-limits), a Go duration or seconds.
/// A quota that needs clearly longer than a minute for that is one of the hour or the day: nothing
/// is taken from it. Pure. Never throws on any bytes.
QuotaNotice ReadQuotaHeaders(const HttpResponse& response);

/// Completes a kRateLimited without a limit by the headers that came with it: the limit of the
/// quota that has nothing left, or of the only one that is stated.
void AddLimitFromHeaders(const HttpResponse& response, Error& error);

}  // namespace reembed
