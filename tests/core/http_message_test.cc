#include "reembed/core/http_message.h"

#include <string>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

const WallTime kNow{Seconds(784'111'777)};  // Sun, 06 Nov 1994 08:49:37 GMT

std::optional<Millis> After(std::string name, std::string value) {
  return RetryAfter({429, {{std::move(name), std::move(value)}}, ""}, kNow);
}

}  // namespace

TEST_CASE("header: found in any letter case, without blanks around") {
  const HttpResponse response{200, {{"X-Request-Id", " abc \r"}, {"x-request-id", "second"}}, ""};
  CHECK(FindHeader(response, "x-request-ID") == "abc");
  CHECK(FindHeader(response, "x-other") == std::nullopt);
}

TEST_CASE("retry-after: seconds, fractions, milliseconds, dates") {
  CHECK(After("Retry-After", "20") == Millis(20'000));
  CHECK(After("retry-after", "0.25") == Millis(250));
  CHECK(After("retry-after-ms", "1500.5") == Millis(1501));
  CHECK(After("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT") == Millis(30'000));
  CHECK(After("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT") == Millis(0));
}

TEST_CASE("retry-after: milliseconds win, nonsense counts as absent") {
  const HttpResponse both{429, {{"retry-after", "9"}, {"retry-after-ms", "100"}}, ""};
  CHECK(RetryAfter(both, kNow) == Millis(100));
  CHECK(After("retry-after", "soon") == std::nullopt);
  CHECK(After("retry-after", "-5") == std::nullopt);
  CHECK(After("retry-after", "nan") == std::nullopt);
  CHECK(After("retry-after", "1e999") == std::nullopt);
}

TEST_CASE("retry-after: an absurd wait does not overflow") {
  CHECK(After("retry-after", "99999999999999999999")->count() == 315'360'000'000);
}

TEST_CASE(
    "retry-after: a date beyond what the clock can count is a long wait, an ancient one none") {
  CHECK(After("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")->count() == 315'360'000'000);
  CHECK(After("retry-after", "Thu, 01 Jan 1500 00:00:00 GMT") == Millis(0));
}

TEST_CASE("duration: Go and proto spellings") {
  CHECK(ParseDuration("120ms") == Millis(120));
  CHECK(ParseDuration("1s") == Millis(1000));
  CHECK(ParseDuration("1m30.951s") == Millis(90'951));
  CHECK(ParseDuration("6m0s") == Millis(360'000));
  CHECK(ParseDuration("1h2m3s") == Millis(3'723'000));
  CHECK(ParseDuration("0s") == Millis(0));
  CHECK(ParseDuration("21.709853371s") == Millis(21'710));
  CHECK(ParseDuration("500\xC2\xB5s") == Millis(1));
}

TEST_CASE("duration: nonsense is refused") {
  CHECK(ParseDuration("") == std::nullopt);
  CHECK(ParseDuration("12") == std::nullopt);
  CHECK(ParseDuration("m") == std::nullopt);
  CHECK(ParseDuration("1s x") == std::nullopt);
}

TEST_CASE("http date: the fixed form is read, anything else is not a date") {
  const auto date = ParseHttpDate("Sat, 21 Nov 2026 06:00:00 GMT");
  REQUIRE(date);
  CHECK(IsoTime(*date) == "2026-11-21T06:00:00Z");
  CHECK_FALSE(ParseHttpDate("2026-11-21T06:00:00Z"));
  CHECK_FALSE(ParseHttpDate(""));
}
