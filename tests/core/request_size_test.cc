#include "reembed/core/request_size.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

const RequestSizeRule kRule{.smallest = 10, .largest = 250, .target = Millis(100)};

}  // namespace

TEST_CASE("request size: doubles while requests are much faster than the target") {
  CHECK(NextRequestSize(kRule, 10, 10, Millis(5)) == 20);
  CHECK(NextRequestSize(kRule, 200, 200, Millis(5)) == 250);
}

TEST_CASE("request size: goes straight to what takes the target time") {
  CHECK(NextRequestSize(kRule, 40, 40, Millis(80)) == 50);
  CHECK(NextRequestSize(kRule, 100, 100, Millis(400)) == 25);
}

TEST_CASE("request size: never below the smallest, never above the largest") {
  CHECK(NextRequestSize(kRule, 10, 10, Millis(3000)) == 10);
  CHECK(NextRequestSize(kRule, 250, 250, Millis(0)) == 250);
}

TEST_CASE("request size: a request that was not full proves nothing about larger ones") {
  CHECK(NextRequestSize(kRule, 40, 3, Millis(1)) == 40);
  CHECK(NextRequestSize(kRule, 40, 10, Millis(200)) == 10);
  CHECK(NextRequestSize(kRule, 40, 0, Millis(200)) == 40);
}
