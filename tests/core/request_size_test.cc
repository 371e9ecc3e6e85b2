#include "reembed/core/request_size.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

const RequestSizeRule kRule{.smallest = 10, .largest = 250, .target = Millis(100)};

}  // namespace

TEST_CASE("request size: grows by half while requests are much faster than the target") {
  CHECK(NextRequestSize(kRule, 10, 10, Millis(5)) == 15);
  CHECK(NextRequestSize(kRule, 200, 200, Millis(5)) == 250);
}

TEST_CASE("request size: goes straight to what takes four fifths of the target") {
  CHECK(NextRequestSize(kRule, 40, 40, Millis(72)) == 44);
  CHECK(NextRequestSize(kRule, 100, 100, Millis(400)) == 20);
  CHECK(NextRequestSize(kRule, 40, 40, Millis(80)) == 40);
}

TEST_CASE("request size: a dear request after a cheap one is one and a half times the aim") {
  const std::size_t after_cheap = NextRequestSize(kRule, 40, 40, Millis(1));
  CHECK(after_cheap == 60);
  CHECK(NextRequestSize(kRule, after_cheap, after_cheap, Millis(120)) == 40);
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
