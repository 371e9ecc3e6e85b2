#include "src/resilience/minute_log.h"

#include "tests/support/catch2.h"

namespace reembed {
namespace {

SteadyTime After(int seconds) {
  return SteadyTime(std::chrono::hours(1)) + std::chrono::seconds(seconds);
}

TEST_CASE("minute log: the next waits until enough has left the minute") {
  MinuteLog log;
  log.Add(60, After(0));
  log.Add(30, After(20));
  CHECK(log.Delay(10, 100, After(30)) == Millis(0));
  CHECK(log.Delay(20, 100, After(30)) == Millis(30'300));
  CHECK(log.Delay(80, 100, After(30)) == Millis(50'300));
  CHECK(log.Delay(80, 100, After(81)) == Millis(0));
}

TEST_CASE("minute log: an amount above the limit waits for an empty minute") {
  MinuteLog log;
  log.Add(1, After(0));
  CHECK(log.Delay(500, 100, After(10)) == Millis(50'300));
}

TEST_CASE("minute log: what was sent is put right, also when it is long gone") {
  MinuteLog log;
  const auto number = log.Add(100, After(0));
  log.Change(number, 40);
  CHECK(log.Delay(60, 100, After(1)) == Millis(0));
  log.Add(1, After(100));
  log.Change(number, 100);
  CHECK(log.SentSince(After(0)).amount == 1);
}

TEST_CASE("minute log: what is forgiven makes room, until all counts again") {
  MinuteLog log;
  log.Add(50, After(0));
  log.Add(50, After(1));
  log.Forgive(20, 60, After(5));
  CHECK(log.Delay(20, 60, After(5)) == Millis(0));
  CHECK(log.SentSince(After(-1)).amount == 100);
  CHECK(log.SentSince(After(0)).requests == 1);
  log.CountAll();
  CHECK(log.Delay(20, 60, After(5)) == Millis(56'300));
}

}  // namespace
}  // namespace reembed
