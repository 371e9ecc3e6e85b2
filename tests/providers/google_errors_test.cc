#include "providers/google_errors.h"

#include "tests/providers/error_case.h"

namespace reembed::testing {
namespace {

using Kind = ErrorKind;
using Unit = LimitUnit;
constexpr std::nullopt_t kNone = std::nullopt;

Error Classified(int status, std::string body) {
  const Redactor redact;
  return ClassifyGoogleError({.status = status, .headers = {}, .body = std::move(body)},
                             TestContext(redact));
}

}  // namespace

TEST_CASE("google errors: captured answers") {
  const std::vector<ErrorCase> rows = {
      {400, "google_400_key.json", Kind::kRefused},
      {400, "google_400_location.json", Kind::kRefused},
      {400, "google_400_batch.json", Kind::kTooBig, kNone, Unit::kInputs, 100},
      {400, "google_400_payload.json", Kind::kTooBig, kNone, Unit::kBytes, 4'194'304},
      {400, "google_400_empty_part.json", Kind::kBadText, 1},
      {400, "google_400_empty_content.json", Kind::kBadText},
      {400, "google_400_argument.json", Kind::kBadText},
      {400, "google_400_unknown_name.json", Kind::kRefused},
      {400, "google_400_model_mismatch.json", Kind::kRefused},
      {400, "bad_gateway.html.txt", Kind::kRefused},
      {402, "google_402_credits.json", Kind::kRefused},
      {429, "google_402_credits.json", Kind::kRefused},
      {403, "google_403_disabled.json", Kind::kRefused},
      {404, "google_404_model.json", Kind::kRefused},
      {429, "google_429_zero.json", Kind::kRefused},
      {502, "bad_gateway.html.txt", Kind::kTransient},
      {503, "google_503_overloaded.json", Kind::kTransient},
      {200, "google_400_key.json", Kind::kRefused},
      {200, "google_503_overloaded.json", Kind::kTransient},
  };
  for (const ErrorCase& row : rows) CheckErrorCase(row, ClassifyGoogleError);
}

TEST_CASE("google errors: how long a quota lasts") {
  const std::vector<ErrorCase> rows = {
      {429, "google_429_minute.json", Kind::kRateLimited, kNone, Unit::kRequests, 3000, kNone,
       Millis(21'710)},
      {429, "google_429_text_only.json", Kind::kRateLimited, kNone, Unit::kRequests, 3000, kNone,
       Millis(21'700)},
      // From midnight in Greenwich, 16:00 in California, to midnight there.
      {429, "google_429_day.json", Kind::kRateLimited, kNone, Unit::kNone, kNone, kNone,
       Millis(8 * 3'600'000)},
      {200, "google_429_text_only.json", Kind::kRateLimited, kNone, Unit::kRequests, 3000, kNone,
       Millis(21'700)},
  };
  for (const ErrorCase& row : rows) CheckErrorCase(row, ClassifyGoogleError);
}

TEST_CASE("google errors: of several quotas the minute's counts, tokens by name") {
  const Error error = Classified(
      429,
      R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Quota exceeded.","details":[)"
      R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[)"
      R"({"quotaMetric":"x/embed_content_requests","quotaId":"PerHour","quotaValue":"7"},)"
      R"({"quotaMetric":"x/embed_content_tokens","quotaId":"PerMinutePerProject","quotaValue":"30000"}]}]}})");
  CHECK(error.kind == Kind::kRateLimited);
  CHECK(error.limit == 30'000U);
  CHECK(error.limit_unit == Unit::kTokens);
  CHECK_FALSE(error.retry_after);
}

TEST_CASE("google errors: an overload is told from other failures") {
  CHECK(Classified(503, ProviderData("google_503_overloaded.json")).overloaded);
  CHECK_FALSE(Classified(500, "").overloaded);
  CHECK_FALSE(Classified(429, ProviderData("google_429_minute.json")).overloaded);
}

TEST_CASE("google errors: a quota of nothing that only the details state") {
  const Error error = Classified(
      429,
      R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Quota exceeded.","details":[)"
      R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaValue":"0"}]},)"
      R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"21s"}]}})");
  CHECK(error.kind == Kind::kRefused);
}

TEST_CASE("google errors: a text that is too long") {
  const Error error = Classified(
      400,
      R"({"error":{"code":400,"status":"INVALID_ARGUMENT","message":"requests[3]: The input token )"
      R"(count (2500) exceeds the maximum number of tokens allowed (2048)."}})");
  CHECK(error.kind == Kind::kTooLong);
  CHECK(error.item == 3U);
  CHECK(error.limit == 2048U);
  CHECK(error.actual == 2500U);
}

TEST_CASE("google errors: the item may be named by the violated field alone") {
  const Error error = Classified(
      400,
      R"({"error":{"code":400,"status":"INVALID_ARGUMENT","message":"Request contains an invalid )"
      R"(argument.","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest",)"
      R"("fieldViolations":[{"field":"requests[2].content"}]}]}})");
  CHECK(error.kind == Kind::kBadText);
  CHECK(error.item == 2U);
}

TEST_CASE("google errors: messages say what to do") {
  CHECK(Classified(400, ProviderData("google_400_key.json")).message ==
        "server at host:1 answered 400: API key not valid. Please pass a valid API key.; check "
        "GOOGLE_API_KEY (or GEMINI_API_KEY)");
  CHECK_THAT(Classified(429, ProviderData("google_429_day.json")).message,
             ContainsSubstring("; daily quota; resets at 2026-11-21T08:00:00Z"));
  CHECK_THAT(Classified(404, ProviderData("google_404_model.json")).message,
             ContainsSubstring("; check EMBEDDING_MODEL"));
}

}  // namespace reembed::testing
