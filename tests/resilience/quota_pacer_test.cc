#include "src/resilience/quota_pacer.h"

#include "tests/support/catch2.h"

namespace reembed {
namespace {

SteadyTime After(int seconds) {
  return SteadyTime(std::chrono::hours(1)) + std::chrono::seconds(seconds);
}

TEST_CASE("quota pacer: without a known rate nothing waits") {
  QuotaPacer pacer({}, After(0));
  CHECK(pacer.Delay(1e9, After(0)) == Millis(0));
  pacer.Take(1e9, After(0));
  CHECK(pacer.Delay(1e9, After(0)) == Millis(0));
}

TEST_CASE("quota pacer: starts empty, saves little up and spends it at twice the rate") {
  QuotaPacer pacer(600, After(0));
  CHECK(pacer.Delay(10, After(0)) == Millis(1'000));
  CHECK(pacer.Delay(10, After(100)) == Millis(0));
  pacer.Take(10, After(100));
  CHECK(pacer.Delay(10, After(100)) == Millis(500));
  const SteadyTime soon = After(100) + Millis(500);
  CHECK(pacer.Delay(10, soon) == Millis(0));
  pacer.Take(10, soon);
  CHECK(pacer.Delay(10, soon) == Millis(500));
  pacer.Take(10, After(101));
  CHECK(pacer.Delay(10, After(101)) == Millis(500));
  pacer.Take(10, After(101) + Millis(500));
  CHECK(pacer.Delay(10, After(101) + Millis(500)) == Millis(1'000));
}

TEST_CASE("quota pacer: what is left elsewhere bounds what may follow") {
  QuotaPacer pacer(600, After(0));
  const auto first = pacer.Take(10, After(10));
  const auto second = pacer.Take(5, After(10));
  // Nothing was left after the first, the second has gone out since, and a second has passed.
  pacer.Hear({.remaining = 0}, first, After(11));
  CHECK(pacer.Delay(10, After(11)) == Millis(500));
  // An answer out of order that says the same changes nothing.
  pacer.Hear({.remaining = 5}, second, After(11));
  CHECK(pacer.Delay(10, After(11)) == Millis(500));
}

TEST_CASE("quota pacer: what a refusal states is the rate, with room for one request behind it") {
  QuotaPacer pacer({}, After(0));
  const auto charge = pacer.Take(100, After(0));
  pacer.Settle(charge, 0);
  pacer.Refused({.stated = 3'000, .then = After(2)}, charge, After(0));
  pacer.Reopen(charge, After(0), After(2), QuotaPacer::Trust::kStated);
  CHECK(pacer.per_minute() == 3'000);
  CHECK(pacer.Delay(100, After(2)) == Millis(0));
  CHECK(pacer.Delay(150, After(2)) == Millis(1'000));
}

/// Ten units a second for so long, all granted; then one request of ten that is refused.
QuotaPacer::Charge RefusedAfter(QuotaPacer& pacer, int seconds) {
  for (int i = 0; i < seconds; ++i) pacer.Granted(pacer.Take(10, After(i)), After(i));
  const auto refused = pacer.Take(10, After(seconds));
  pacer.Settle(refused, 0);
  pacer.Refused({}, refused, After(seconds));
  pacer.Reopen(refused, After(seconds), After(seconds + 1), QuotaPacer::Trust::kHoped);
  return refused;
}

TEST_CASE("quota pacer: a quota that is met in a minute is that, and a minute is waited for") {
  QuotaPacer pacer({}, After(0));
  RefusedAfter(pacer, 20);
  CHECK(pacer.per_minute() == 200);
  // One request after the time that a bucket would take to earn it.
  const Millis hope = pacer.Delay(10, After(20));
  CHECK(hope > Seconds(1));
  CHECK(hope < Seconds(4));
  const auto again = pacer.Take(10, After(24));
  pacer.Settle(again, 0);
  pacer.Refused({}, again, After(24));
  pacer.Reopen(again, After(24), After(26), QuotaPacer::Trust::kRefused);
  CHECK(pacer.per_minute() == 200);
  CHECK(pacer.Delay(10, After(24)) == Millis(56'300));
}

TEST_CASE("quota pacer: granted more than a minute could hold, the server counts continuously") {
  QuotaPacer pacer({}, After(0));
  RefusedAfter(pacer, 20);
  pacer.Granted(pacer.Take(10, After(24)), After(24));
  CHECK(pacer.per_minute() == 200);
  pacer.Granted(pacer.Take(10, After(27)), After(27));
  CHECK(*pacer.per_minute() > 300);
  pacer.Granted(pacer.Take(10, After(37)), After(37));
  CHECK(*pacer.per_minute() > 600);
}

TEST_CASE("quota pacer: hardly anything allowed, the next moment does not overflow") {
  QuotaPacer pacer(0.001, After(0));
  pacer.Take(1e8, After(0));
  CHECK(pacer.Delay(1e8, After(0)) > std::chrono::hours(24 * 365));
}

}  // namespace
}  // namespace reembed
