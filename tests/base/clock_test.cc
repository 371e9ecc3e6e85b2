#include "reembed/base/clock.h"

#include <thread>

#include "tests/support/catch2.h"

using namespace reembed;

TEST_CASE("clock: a stop ends a long wait at once") {
  SystemClock clock;
  std::stop_source stop;
  bool slept = true;
  const SteadyTime before = clock.Now();
  std::jthread sleeper([&] { slept = clock.SleepFor(Millis(60'000), stop.get_token()); });
  stop.request_stop();
  sleeper.join();
  CHECK_FALSE(slept);
  CHECK(clock.Now() - before < Seconds(30));
}

TEST_CASE("clock: a wait that nobody stops ends by itself") {
  SystemClock clock;
  CHECK(clock.SleepFor(Millis(1), {}));
}

TEST_CASE("clock: times are written in UTC") {
  CHECK(IsoTime(WallTime(Seconds(1'795'055'655))) == "2026-11-19T02:34:15Z");
  CHECK(IsoTime(WallTime(Seconds(0))) == "1970-01-01T00:00:00Z");
}

TEST_CASE("clock: jitter lies in [0, 1)") {
  const Jitter jitter = RandomJitter();
  for (int i = 0; i < 1000; ++i) {
    const double value = jitter();
    REQUIRE(value >= 0.0);
    REQUIRE(value < 1.0);
  }
}
