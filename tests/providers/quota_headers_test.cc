#include "providers/quota_headers.h"

#include <random>
#include <string>
#include <vector>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

HttpResponse With(std::vector<HttpHeader> headers, int status = 200) {
  return {.status = status, .headers = std::move(headers), .body = ""};
}

QuotaFacts Tokens(std::vector<HttpHeader> headers) {
  return ReadQuotaHeaders(With(std::move(headers))).tokens;
}

Error LimitOf(std::vector<HttpHeader> headers) {
  Error error{.kind = ErrorKind::kRateLimited, .message = "slow down"};
  AddLimitFromHeaders(With(std::move(headers), 429), error);
  return error;
}

}  // namespace

TEST_CASE("quota headers: all six") {
  const QuotaNotice quota = ReadQuotaHeaders(With({{"x-ratelimit-limit-requests", "3000"},
                                                   {"X-RateLimit-Limit-Tokens", " 1000000 "},
                                                   {"x-ratelimit-remaining-requests", "2999"},
                                                   {"x-ratelimit-remaining-tokens", "976163"},
                                                   {"x-ratelimit-reset-requests", "20ms"},
                                                   {"x-ratelimit-reset-tokens", "1m0.951s"}}));
  CHECK(quota.requests.per_minute == 3000);
  CHECK(quota.requests.remaining == 2999);
  CHECK(quota.requests.until_full == Millis(20));
  CHECK(quota.tokens.per_minute == 1'000'000);
  CHECK(quota.tokens.remaining == 976'163);
  CHECK(quota.tokens.until_full == Millis(60'951));
}

TEST_CASE("quota headers: what is missing stays missing") {
  const QuotaNotice none = ReadQuotaHeaders(With({{"x-request-id", "r"}}));
  CHECK_FALSE(none.requests.per_minute);
  CHECK_FALSE(none.tokens.remaining);
  const QuotaFacts azure = Tokens({{"x-ratelimit-remaining-tokens", "119998"}});
  CHECK_FALSE(azure.per_minute);
  CHECK(azure.remaining == 119'998);
}

TEST_CASE("quota headers: what cannot be a quota counts as missing") {
  for (const char* value :
       {"", "many", "-1", "0", "1e9", "nan", "inf", "12 000", "0x10", "99999999999999999999"}) {
    INFO(value);
    CHECK_FALSE(Tokens({{"x-ratelimit-limit-tokens", value}}).per_minute);
  }
  CHECK(Tokens({{"x-ratelimit-remaining-tokens", "-7"}}).remaining == 0);
  CHECK_FALSE(Tokens({{"x-ratelimit-reset-tokens", "soon"}}).until_full);
  CHECK(Tokens({{"x-ratelimit-reset-tokens", "12.5"}}).until_full == Millis(12'500));
}

TEST_CASE("quota headers: a quota of the day is none of the minute") {
  const QuotaFacts day = Tokens({{"x-ratelimit-limit-tokens", "14400"},
                                 {"x-ratelimit-remaining-tokens", "14370"},
                                 {"x-ratelimit-reset-tokens", "2m59.56s"}});
  CHECK_FALSE(day.per_minute);
  CHECK_FALSE(day.remaining);
}

TEST_CASE("quota headers: a refusal's limit is that of the quota with nothing left") {
  const Error tokens = LimitOf({{"x-ratelimit-limit-requests", "3000"},
                                {"x-ratelimit-remaining-requests", "12"},
                                {"x-ratelimit-limit-tokens", "40000"},
                                {"x-ratelimit-remaining-tokens", "0"}});
  CHECK(tokens.limit == 40'000U);
  CHECK(tokens.limit_unit == LimitUnit::kTokens);
  const Error requests = LimitOf({{"x-ratelimit-limit-requests", "3000"}});
  CHECK(requests.limit == 3000U);
  CHECK(requests.limit_unit == LimitUnit::kRequests);
  const Error either =
      LimitOf({{"x-ratelimit-limit-requests", "3000"}, {"x-ratelimit-limit-tokens", "40000"}});
  CHECK_FALSE(either.limit);
}

TEST_CASE("quota headers: only a rate limit without a number of its own is completed") {
  const HttpResponse response = With({{"x-ratelimit-limit-tokens", "40000"}}, 429);
  Error stated{.kind = ErrorKind::kRateLimited,
               .message = "slow down",
               .limit_unit = LimitUnit::kRequests,
               .limit = 7};
  AddLimitFromHeaders(response, stated);
  CHECK(stated.limit == 7U);
  Error other{.kind = ErrorKind::kTransient, .message = "failed"};
  AddLimitFromHeaders(response, other);
  CHECK_FALSE(other.limit);
}

TEST_CASE("quota headers: take any bytes") {
  std::mt19937 dice(20261121);
  constexpr std::string_view kPieces = "0123456789.-+hmsuns \xC2\xB5,eE\xFF\0";
  const std::vector<std::string> names = {
      "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
      "x-ratelimit-limit-tokens",   "x-ratelimit-remaining-tokens",   "x-ratelimit-reset-tokens"};
  for (int round = 0; round < 5000; ++round) {
    std::vector<HttpHeader> headers;
    for (const std::string& name : names) {
      std::string value(dice() % 12, '\0');
      for (char& c : value) c = kPieces[dice() % kPieces.size()];
      headers.push_back({name, value});
    }
    const QuotaNotice quota = ReadQuotaHeaders(With(headers));
    for (const QuotaFacts& facts : {quota.requests, quota.tokens}) {
      REQUIRE(facts.per_minute.value_or(1) >= 1);
      REQUIRE(facts.remaining.value_or(0) >= 0);
      REQUIRE(facts.until_full.value_or(Millis(0)) <= Millis(90'000));
    }
    static_cast<void>(LimitOf(headers));
  }
}
