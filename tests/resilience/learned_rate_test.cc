#include "src/resilience/learned_rate.h"

#include <cmath>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

const SteadyTime kNow{std::chrono::hours(1)};

TEST_CASE("learned rate: nothing is known but what the user allows") {
  CHECK_FALSE(LearnedRate({}).per_minute());
  CHECK(LearnedRate(60).per_minute() == 60);
}

TEST_CASE("learned rate: headers are followed up and down, never above the flag") {
  LearnedRate rate(1'000);
  CHECK(rate.Stated(400));
  CHECK(rate.per_minute() == 400);
  CHECK_FALSE(rate.Stated(400));
  CHECK(rate.Stated(5'000));
  CHECK(rate.per_minute() == 1'000);
}

TEST_CASE("learned rate: a refusal's number is believed, and probed after a thousand requests") {
  LearnedRate rate({});
  rate.Refused(3'000, {}, kNow);
  for (int i = 0; i < 999; ++i) rate.Granted(kNow + Seconds(120));
  CHECK(rate.per_minute() == 3'000);
  rate.Granted(kNow + Seconds(120));
  CHECK(rate.per_minute() == 3'060);
  rate.Refused(3'000, {}, kNow + Seconds(130));
  CHECK(rate.per_minute() == 3'000);
  // The second probe waits twice as long.
  for (int i = 0; i < 1'999; ++i) rate.Granted(kNow + Seconds(300));
  CHECK(rate.per_minute() == 3'000);
  rate.Granted(kNow + Seconds(300));
  CHECK(rate.per_minute() == 3'060);
}

TEST_CASE("learned rate: without a number a little less than what went through") {
  LearnedRate rate({});
  rate.Refused({}, {.amount = 500, .requests = 50, .seconds = 30}, kNow);
  CHECK(std::lround(*rate.per_minute()) == 970);
}

TEST_CASE("learned rate: refused twice in a row it is halved, more often it is not") {
  LearnedRate rate(1'000);
  rate.Refused({}, {.amount = 1'000, .requests = 100, .seconds = 60}, kNow);
  CHECK(std::lround(*rate.per_minute()) == 970);
  rate.Refused({}, {}, kNow + Seconds(1));
  CHECK(std::lround(*rate.per_minute()) == 485);
  rate.Refused({}, {}, kNow + Seconds(3));
  CHECK(std::lround(*rate.per_minute()) == 485);
}

}  // namespace
}  // namespace reembed
