#include "reembed/core/backlog.h"

#include "tests/support/catch2.h"

using namespace reembed;

TEST_CASE("backlog: a few waiting writes are nothing to wait for, even if they grow") {
  CHECK(BacklogPause(0, 0) == Millis(0));
  CHECK(BacklogPause(2, 10) == Millis(0));
}

TEST_CASE("backlog: a growing one is given a second, a shrinking or standing one none") {
  CHECK(BacklogPause(10, 11) == Millis(1000));
  CHECK(BacklogPause(100, 200) == Millis(1000));
  CHECK(BacklogPause(200, 200) == Millis(0));
  CHECK(BacklogPause(200, 100) == Millis(0));
}

TEST_CASE("backlog: half way to read-only the pause is long, whatever its direction") {
  CHECK(BacklogPause(0, 250) == Millis(5000));
  CHECK(BacklogPause(400, 300) == Millis(5000));
  CHECK(BacklogPause(400, 1'000'000) == Millis(5000));
}
