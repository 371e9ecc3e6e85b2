#include "providers/google_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "providers/error_text.h"
#include "providers/pacific_time.h"
#include "providers/quota_headers.h"
#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr std::array<LimitPhrase, 6> kLimitPhrases = {{
    {"requests can be in one batch", ErrorKind::kTooBig, LimitUnit::kInputs, "at most ", ""},
    {"payload size exceeds", ErrorKind::kTooBig, LimitUnit::kBytes, "limit: ", ""},
    {"maximum number of tokens", ErrorKind::kTooLong, LimitUnit::kTokens, "tokens allowed (",
     "token count ("},
    {"input token count", ErrorKind::kTooLong, LimitUnit::kTokens, "supports up to ", "count is "},
    {"token limit", ErrorKind::kTooLong, LimitUnit::kTokens, "", ""},
    {"input is too long", ErrorKind::kTooLong, LimitUnit::kTokens, "", ""},
}};

struct NamedStatus {
  std::string_view name;
  int status;
};

constexpr std::array<NamedStatus, 9> kStatusNames = {{{"INVALID_ARGUMENT", 400},
                                                      {"UNAUTHENTICATED", 401},
                                                      {"PERMISSION_DENIED", 403},
                                                      {"NOT_FOUND", 404},
                                                      {"RESOURCE_EXHAUSTED", 429},
                                                      {"CANCELLED", 499},
                                                      {"INTERNAL", 500},
                                                      {"UNAVAILABLE", 503},
                                                      {"DEADLINE_EXCEEDED", 504}}};

bool MentionsAny(std::string_view text, std::initializer_list<std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [text](std::string_view phrase) { return Mentions(text, phrase); });
}

// An error within a 200 is judged by its code, else by its status's name.
int StatusOf(const HttpResponse& response, const ErrorBody& body) {
  const int judged = JudgedStatus(response, body);
  if (judged < 200 || judged > 299) return judged;
  const auto found =
      std::find_if(kStatusNames.begin(), kStatusNames.end(),
                   [&](const NamedStatus& named) { return named.name == body.type; });
  return found == kStatusNames.end() ? judged : found->status;
}

bool ConcernsKey(int status, const ErrorBody& body) {
  return status == 401 || status == 403 || body.reason.starts_with("API_KEY") ||
         body.reason == "CREDENTIALS_MISSING" || body.reason == "SERVICE_DISABLED" ||
         MentionsAny(body.message, {"API key not valid", "API key expired", "API key not found"});
}

bool ConcernsCredit(int status, const ErrorBody& body) {
  return status == 402 || MentionsAny(body.message, {"credits are depleted", "spending cap"});
}

// The message lists several quotas; one of nothing is enough.
bool HasZeroQuota(const ErrorBody& body) {
  return body.zero_quota || Mentions(body.message, "limit: 0");
}

// A 400 that the texts cannot have caused: splitting the request would find nothing.
bool ConcernsWholeRequest(const ErrorBody& body) {
  return body.html ||
         MentionsAny(body.message,
                     {"Invalid JSON payload", "Unknown name", "Invalid value at", "model",
                      "outputDimensionality", "output_dimensionality", "taskType", "task_type"});
}

std::optional<std::string_view> RemedyOf(int status, const ErrorBody& body) {
  if (ConcernsKey(status, body)) return "check GOOGLE_API_KEY (or GEMINI_API_KEY)";
  if (ConcernsCredit(status, body)) return "check plan and billing of the project of the key";
  if (body.type == "FAILED_PRECONDITION") return "check region and billing of the project";
  if (status == 404) return "check EMBEDDING_MODEL and GOOGLE_GEMINI_BASE_URL";
  if (status == 429 && HasZeroQuota(body)) {
    return "the plan of this key does not include the model, check billing or EMBEDDING_MODEL";
  }
  return std::nullopt;
}

bool IsDailyQuota(const ErrorBody& body) {
  return std::any_of(body.quotas.begin(), body.quotas.end(),
                     [](const QuotaViolation& quota) { return Mentions(quota.id, "PerDay"); });
}

// The details say of which period a number is; the sentence, which need not have them, does not.
void AddMinuteQuota(const ErrorBody& body, Error& error) {
  if (body.quotas.empty()) return AddMinuteLimit(body.message, error);
  const auto quota =
      std::find_if(body.quotas.begin(), body.quotas.end(),
                   [](const QuotaViolation& q) { return q.limit && Mentions(q.id, "PerMinute"); });
  if (quota == body.quotas.end()) return;
  const bool tokens = Mentions(quota->id, "Token") || Mentions(quota->metric, "token");
  error.limit = quota->limit;
  error.limit_unit = tokens ? LimitUnit::kTokens : LimitUnit::kRequests;
}

std::optional<Millis> StatedWait(const HttpResponse& response, const ErrorBody& body,
                                 WallTime now) {
  if (const auto wait = ParseDuration(body.retry_delay)) return wait;
  if (const auto wait = RetryAfter(response, now)) return wait;
  return WaitInText(body.message);
}

Error Limited(Error error, const HttpResponse& response, const ErrorBody& body, WallTime now) {
  error.kind = ErrorKind::kRateLimited;
  if (!IsDailyQuota(body)) {
    error.retry_after = StatedWait(response, body, now);
    AddMinuteQuota(body, error);
    AddLimitFromHeaders(response, error);
    return error;
  }
  const WallTime reset = NextPacificMidnight(now);
  error.retry_after = std::chrono::ceil<Millis>(reset - now);
  error.message += fmt::format("; daily quota; resets at {}", IsoTime(reset));
  return error;
}

Error AboutTexts(Error error, const ErrorBody& body, const ErrorContext& context) {
  error.item = ItemInText(body.message, "requests", context.texts);
  if (!error.item) error.item = ItemInText(body.param, "requests", context.texts);
  return error;
}

Error ByStatus(int status, Error error, const ErrorBody& body) {
  error.kind = KindOfStatus(status);
  if (error.kind == ErrorKind::kRefused ||
      (error.kind == ErrorKind::kBadText && ConcernsWholeRequest(body))) {
    return Refused(std::move(error),
                   "check EMBEDDING_MODEL, EMBEDDING_DIMENSIONS and GOOGLE_GEMINI_BASE_URL");
  }
  return error;
}

}  // namespace

Error ClassifyGoogleError(const HttpResponse& response, const ErrorContext& context) {
  if (response.status >= 300 && response.status < 400) {
    return RefusedRedirect(response, context, "GOOGLE_GEMINI_BASE_URL");
  }
  const ErrorBody body = ParseErrorBody(response.body);
  const int status = StatusOf(response, body);
  Error error = DescribeAnswer(response, body, context);
  if (const auto remedy = RemedyOf(status, body)) return Refused(std::move(error), *remedy);
  if (status == 429) return Limited(std::move(error), response, body, context.now);
  if (!ApplyLimitPhrase(body.message, kLimitPhrases, error)) {
    error = ByStatus(status, std::move(error), body);
  }
  if (error.kind == ErrorKind::kTransient) {
    error.retry_after = StatedWait(response, body, context.now);
  }
  const bool about_texts = error.kind == ErrorKind::kBadText || error.kind == ErrorKind::kTooLong;
  return about_texts ? AboutTexts(std::move(error), body, context) : error;
}

}  // namespace reembed
