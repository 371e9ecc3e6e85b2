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

/// Accepted since the last refusal: all of it, unless said otherwise.
LearnedRate::Measure Accepted(const LearnedRate::Sum& minute) {
  return {.minute = minute, .since_refusal = minute};
}

/// Met for the first time, after half a minute.
LearnedRate Met(double amount, std::size_t requests, double seconds = 30) {
  LearnedRate rate({});
  rate.Granted(kNow);
  rate.Refused({}, Accepted({.amount = amount, .requests = requests, .seconds = seconds}), kNow);
  return rate;
}

TEST_CASE("learned rate: met without a number, it is what was accepted in that minute") {
  LearnedRate rate = Met(500, 50);
  CHECK(rate.per_minute() == 500);
  CHECK(rate.just_met());
  CHECK_FALSE(rate.unsure());
  // The next request, refused as well, confirms it.
  rate.Refused({}, Accepted({.amount = 500, .requests = 50, .seconds = 31}), kNow + Seconds(1));
  CHECK(rate.per_minute() == 500);
  CHECK_FALSE(rate.just_met());
}

TEST_CASE("learned rate: room that is promised for one more belongs to the quota") {
  LearnedRate rate({});
  LearnedRate::Measure accepted = Accepted({.amount = 500, .requests = 50, .seconds = 30});
  accepted.refused = 20;
  accepted.promised = true;
  rate.Refused({}, accepted, kNow);
  CHECK(rate.per_minute() == 515);
}

TEST_CASE("learned rate: others of the burst that were counted as accepted are taken off") {
  LearnedRate rate = Met(500, 50);
  rate.RefusedToo(20);
  CHECK(rate.per_minute() == 480);
}

TEST_CASE("learned rate: a bucket is climbed up to the next refusal, and measured between both") {
  LearnedRate rate = Met(500, 50, 15);
  // Between 500 and what 500 in a quarter of a minute would be: half and half.
  CHECK(std::lround(rate.hoped_per_minute()) == 1'000);
  rate.Exceeded(kNow + Seconds(2));
  CHECK(std::lround(*rate.per_minute()) == 1'000);
  rate.Granted(kNow + Seconds(12));
  CHECK(std::lround(*rate.per_minute()) == 2'000);
  rate.Refused({},
               {.minute = {.amount = 1'100, .requests = 110, .seconds = 35},
                .since_refusal = {.amount = 600, .requests = 60, .seconds = 20}},
               kNow + Seconds(20));
  CHECK(std::lround(*rate.per_minute()) == 1'773);  // 1,800, a little less
}

TEST_CASE("learned rate: what no refusal ends is no quota of a minute") {
  LearnedRate rate = Met(500, 50);
  rate.Exceeded(kNow);
  rate.Granted(kNow + Seconds(59));
  CHECK(rate.per_minute());
  rate.Granted(kNow + Seconds(61));
  CHECK_FALSE(rate.per_minute());
}

TEST_CASE("learned rate: met after a few requests only, it is not sure") {
  LearnedRate rate = Met(60, 3);
  CHECK(rate.unsure());
  rate.Climb(kNow + Seconds(60));
  CHECK_FALSE(rate.unsure());
  const double first = *rate.per_minute();
  rate.Granted(kNow + Seconds(70));
  CHECK(std::lround(*rate.per_minute()) == std::lround(2 * first));
  // Nothing has shown a bucket: it is met again.
  rate.Refused({}, Accepted({.amount = 400, .requests = 40, .seconds = 60}), kNow + Seconds(75));
  CHECK(rate.per_minute() == 400);
}

TEST_CASE(
    "learned rate: refused once it sinks a little, twice in a row it is halved, then no more") {
  LearnedRate rate(1'000);
  rate.Granted(kNow);
  rate.Refused({}, Accepted({.amount = 1'000, .requests = 100, .seconds = 60}), kNow);
  CHECK(std::lround(*rate.per_minute()) == 970);
  rate.Refused({}, {}, kNow + Seconds(1));
  CHECK(rate.per_minute() == 500);
  rate.Refused({}, {}, kNow + Seconds(3));
  CHECK(rate.per_minute() == 500);
}

TEST_CASE("learned rate: refused again after a few requests it is halved as well") {
  LearnedRate rate(1'000);
  rate.Granted(kNow);
  rate.Refused({}, Accepted({.amount = 1'000, .requests = 100, .seconds = 60}), kNow);
  rate.Granted(kNow + Seconds(2));
  rate.Refused({},
               {.minute = {.amount = 990, .requests = 99, .seconds = 60},
                .since_refusal = {.amount = 20, .requests = 2, .seconds = 4}},
               kNow + Seconds(4));
  CHECK(rate.per_minute() == 500);
}

TEST_CASE("learned rate: a minute with clearly less in it is the new quota, or half the old one") {
  const auto after = [](double amount) {
    LearnedRate rate(1'000);
    rate.Granted(kNow);
    LearnedRate::Measure accepted = Accepted({.amount = amount, .requests = 50, .seconds = 60});
    accepted.refused = 20;
    rate.Refused({}, accepted, kNow);
    return *rate.per_minute();
  };
  CHECK(after(300) == 300);
  CHECK(after(470) == 500);
  CHECK(after(600) == 600);
}

TEST_CASE("learned rate: refused before anything was granted, a flag is no guess of ours") {
  LearnedRate rate(3'000);
  rate.Refused({}, Accepted({.amount = 1, .requests = 1, .seconds = 0.5}), kNow);
  rate.Refused({}, Accepted({.amount = 1, .requests = 1, .seconds = 2}), kNow + Seconds(2));
  CHECK(rate.per_minute() == 3'000);
}

TEST_CASE("learned rate: a minute without requests, or with few, is no measure") {
  LearnedRate nothing_sent(3'000);
  nothing_sent.Granted(kNow);
  nothing_sent.Refused({}, Accepted({.amount = 0, .requests = 0, .seconds = 60}),
                       kNow + Seconds(90));
  CHECK(nothing_sent.per_minute() == 1'500);

  // The pause took more than a minute, and the one request behind it was refused again.
  LearnedRate paused = Met(3'000, 100, 60);
  paused.Refused({}, Accepted({.amount = 1, .requests = 1, .seconds = 60}), kNow + Seconds(65));
  CHECK(paused.per_minute() == 3'000);

  // Few are many where few are allowed.
  LearnedRate slow(5);
  slow.Granted(kNow);
  slow.Refused({}, Accepted({.amount = 4, .requests = 4, .seconds = 60}), kNow);
  CHECK(slow.per_minute() == 4);
}

TEST_CASE("learned rate: a refusal never raises it, however far the quota has fallen") {
  LearnedRate rate = Met(3'000, 100, 60);
  rate.Granted(kNow + Seconds(500));
  rate.Refused({}, Accepted({.amount = 300, .requests = 30, .seconds = 60}), kNow + Seconds(600));
  CHECK(rate.per_minute() == 300);
  rate.Granted(kNow + Seconds(605));
  rate.Refused({}, Accepted({.amount = 20, .requests = 3, .seconds = 10}), kNow + Seconds(610));
  CHECK(*rate.per_minute() < 300);
}

TEST_CASE("learned rate: refusals in a row do not put the next probe off") {
  LearnedRate rate(3'000);
  rate.Granted(kNow);
  for (int i = 0; i < 8; ++i) {
    rate.Refused({}, Accepted({.amount = 3'000, .requests = 100, .seconds = 60}),
                 kNow + Seconds(i));
  }
  CHECK(rate.per_minute() == 1'500);
  for (int i = 0; i < 399; ++i) rate.Granted(kNow + Seconds(200));
  CHECK(rate.per_minute() == 1'500);
  rate.Granted(kNow + Seconds(200));
  CHECK(*rate.per_minute() > 1'500);
}

TEST_CASE("learned rate: a single refusal may be chance, most comes back within a minute") {
  LearnedRate rate(1'000);
  rate.Granted(kNow);
  rate.Refused({}, Accepted({.amount = 1'000, .requests = 100, .seconds = 60}), kNow);
  CHECK(std::lround(*rate.per_minute()) == 970);
  rate.Granted(kNow + Seconds(60));
  CHECK(std::lround(*rate.per_minute()) == 989);
}

TEST_CASE("learned rate: a probe that fails leads back to the rate before it") {
  LearnedRate rate = Met(3'000, 100, 60);
  for (int i = 0; i < 1'000; ++i) rate.Granted(kNow + Seconds(300));
  CHECK(std::lround(*rate.per_minute()) == 3'060);
  rate.Refused({}, Accepted({.amount = 3'000, .requests = 100, .seconds = 60}),
               kNow + Seconds(310));
  CHECK(rate.per_minute() == 3'000);
}

}  // namespace
}  // namespace reembed
