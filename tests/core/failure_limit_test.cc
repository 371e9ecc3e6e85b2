#include "reembed/core/failure_limit.h"

#include "tests/support/catch2.h"

using reembed::FailureLimit;

TEST_CASE("failure limit: unset never stops") {
  CHECK_FALSE(FailureLimit{}.Reached(1000, 1000));
}

TEST_CASE("failure limit: a number is a number of failed documents") {
  const FailureLimit limit{.set = true, .percent = false, .value = 3};
  CHECK_FALSE(limit.Reached(2, 2));
  CHECK(limit.Reached(3, 3));
}

TEST_CASE("failure limit: a percentage is judged from 100 finished documents on") {
  const FailureLimit limit{.set = true, .percent = true, .value = 10};
  CHECK_FALSE(limit.Reached(50, 99));
  CHECK_FALSE(limit.Reached(9, 100));
  CHECK(limit.Reached(10, 100));
}

TEST_CASE("failure limit: nothing failed is never too much") {
  CHECK_FALSE(FailureLimit{.set = true, .percent = true, .value = 0}.Reached(0, 500));
  CHECK_FALSE(FailureLimit{.set = true, .percent = false, .value = 0}.Reached(0, 500));
}
