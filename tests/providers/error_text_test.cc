#include "providers/error_text.h"

#include <array>

#include "tests/support/catch2.h"

namespace reembed::testing {

TEST_CASE("error text: phrases without regard to case") {
  CHECK(Mentions("Request Too Large for x", "request too large"));
  CHECK(!Mentions("Request", "request too large"));
}

TEST_CASE("error text: the number behind a phrase") {
  CHECK(NumberAfter("Rate limit reached: Limit 40000, Used 5", "Limit ") == 40'000U);
  CHECK(NumberAfter("max 300,000 tokens", "max ") == 300'000U);
  CHECK(NumberAfter("max 5, then", "max ") == 5U);
  CHECK(!NumberAfter("max many", "max ").has_value());
  CHECK(!NumberAfter("max ,5", "max ").has_value());
  CHECK(!NumberAfter("5", "").has_value());
  CHECK(!NumberAfter("max 99999999999999999999999", "max ").has_value());
}

TEST_CASE("error text: waits") {
  CHECK(WaitInText("Please try again in 2.812s. Visit") == Millis(2812));
  CHECK(WaitInText("try again in 1m30.951s.") == Millis(90'951));
  CHECK(WaitInText("try again in 120ms") == Millis(120));
  CHECK(WaitInText("Please retry in 21.7s.") == Millis(21'700));
  CHECK(WaitInText("retry after 55 seconds.") == Millis(55'000));
  CHECK(WaitInText("retry after 1 minute") == Millis(60'000));
  CHECK(WaitInText("again in 2 hours") == Millis(7'200'000));
  CHECK(WaitInText("again in 250 milliseconds") == Millis(250));
  CHECK(!WaitInText("try again later").has_value());
  CHECK(!WaitInText("try again in a while").has_value());
  CHECK(!WaitInText("retry in ").has_value());
}

TEST_CASE("error text: items of the request") {
  CHECK(ItemInText("Invalid 'input[3]': empty", "input", 4) == 3U);
  CHECK(!ItemInText("Invalid 'input[4]': empty", "input", 4).has_value());
  CHECK(!ItemInText("Invalid 'input': empty", "input", 4).has_value());
}

TEST_CASE("error text: stated limits") {
  constexpr std::array<LimitPhrase, 2> kPhrases = {{
      {"batch size", ErrorKind::kTooBig, LimitUnit::kInputs, "maximum ", "size "},
      {"too long", ErrorKind::kTooLong, LimitUnit::kTokens, "", ""},
  }};
  Error error;
  REQUIRE(ApplyLimitPhrase("Batch size 33, maximum 32", kPhrases, error));
  CHECK(error.kind == ErrorKind::kTooBig);
  CHECK(error.limit_unit == LimitUnit::kInputs);
  CHECK(error.limit == 32U);
  CHECK(error.actual == 33U);
  REQUIRE(ApplyLimitPhrase("text too long", kPhrases, error));
  CHECK(error.kind == ErrorKind::kTooLong);
  CHECK(error.limit_unit == LimitUnit::kNone);
  CHECK(!error.limit.has_value());
  CHECK(!ApplyLimitPhrase("fine", kPhrases, error));
}

}  // namespace reembed::testing
