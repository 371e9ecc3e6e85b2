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

TEST_CASE("learned rate: refused before anything was granted, a flag is no guess of ours") {
  LearnedRate rate(3'000);
  rate.Refused({}, {.amount = 1, .requests = 1, .seconds = 0.5}, kNow);
  rate.Refused({}, {.amount = 1, .requests = 1, .seconds = 2}, kNow + Seconds(2));
  CHECK(rate.per_minute() == 3'000);
}

TEST_CASE("learned rate: a minute without requests, or with few, is no measure") {
  LearnedRate nothing_sent(3'000);
  nothing_sent.Granted(kNow);
  nothing_sent.Refused({}, {.amount = 0, .requests = 0, .seconds = 60}, kNow + Seconds(90));
  CHECK(nothing_sent.per_minute() == 1'500);

  // The pause took more than a minute, and the one request behind it was refused again.
  LearnedRate paused({});
  paused.Refused({}, {.amount = 3'000, .requests = 100, .seconds = 60}, kNow);
  CHECK(std::lround(*paused.per_minute()) == 2'910);
  paused.Refused({}, {.amount = 1, .requests = 1, .seconds = 60}, kNow + Seconds(65));
  CHECK(std::lround(*paused.per_minute()) == 1'455);
  paused.Refused({}, {.amount = 1, .requests = 1, .seconds = 60}, kNow + Seconds(130));
  CHECK(std::lround(*paused.per_minute()) == 1'455);

  // Few are many where few are allowed.
  LearnedRate slow(5);
  slow.Granted(kNow);
  slow.Refused({}, {.amount = 4, .requests = 4, .seconds = 60}, kNow);
  CHECK(std::lround(*slow.per_minute() * 100) == 388);
}

TEST_CASE("learned rate: a refusal never raises it, however far the quota has fallen") {
  LearnedRate rate({});
  rate.Refused({}, {.amount = 3'000, .requests = 100, .seconds = 60}, kNow);
  rate.Granted(kNow + Seconds(500));
  rate.Refused({}, {.amount = 300, .requests = 30, .seconds = 60}, kNow + Seconds(600));
  CHECK(std::lround(*rate.per_minute()) == 291);
  rate.Granted(kNow + Seconds(605));
  rate.Refused({}, {.amount = 20, .requests = 3, .seconds = 10}, kNow + Seconds(610));
  CHECK(std::lround(*rate.per_minute() * 10) == 1'455);
}

TEST_CASE("learned rate: refusals in a row do not put the next probe off") {
  LearnedRate rate({});
  for (int i = 0; i < 8; ++i) {
    rate.Refused({}, {.amount = 3'000, .requests = 100, .seconds = 60}, kNow + Seconds(i));
  }
  const double halved = *rate.per_minute();
  CHECK(std::lround(halved) == 1'455);
  rate.Granted(kNow + Seconds(100));
  const double first = *rate.per_minute();
  CHECK(first > halved);
  for (int i = 0; i < 399; ++i) rate.Granted(kNow + Seconds(200));
  CHECK(*rate.per_minute() == first);
  rate.Granted(kNow + Seconds(200));
  CHECK(*rate.per_minute() > first);
}

}  // namespace
}  // namespace reembed
