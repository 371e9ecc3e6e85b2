#include "reembed/core/token_bucket.h"

#include "tests/support/catch2.h"

namespace reembed {
namespace {

const SteadyTime kStart{std::chrono::hours(1)};

SteadyTime After(int seconds) {
  return kStart + std::chrono::seconds(seconds);
}

TEST_CASE("token bucket: starts empty and fills at its rate") {
  TokenBucket bucket(60, 6, kStart);
  CHECK(bucket.Reserve(1, kStart) == Millis(1000));
  CHECK(bucket.Reserve(1, kStart) == Millis(2000));
  CHECK(bucket.Reserve(1, After(3)) == Millis(0));
  CHECK(bucket.Reserve(1, After(3)) == Millis(1000));
}

TEST_CASE("token bucket: holds no more than its burst") {
  TokenBucket bucket(60, 6, kStart);
  CHECK(bucket.Reserve(6, After(600)) == Millis(0));
  CHECK(bucket.Reserve(1, After(600)) == Millis(1000));
}

TEST_CASE("token bucket: a request above the burst goes out of a full bucket and leaves debt") {
  TokenBucket bucket(60, 6, kStart);
  CHECK(bucket.Reserve(30, kStart) == Millis(6000));
  CHECK(bucket.Reserve(1, After(6)) == Millis(25'000));
}

TEST_CASE("token bucket: a burst below one unit still lets single requests through") {
  TokenBucket bucket(3, 0.3, kStart);
  CHECK(bucket.Reserve(1, kStart) == Millis(6000));
  CHECK(bucket.Reserve(1, After(6)) == Millis(20'000));
}

TEST_CASE("token bucket: settling gives back or takes more") {
  TokenBucket bucket(60, 6, kStart);
  CHECK(bucket.Reserve(2, After(2)) == Millis(0));
  bucket.Settle(1);
  CHECK(bucket.Reserve(1, After(2)) == Millis(0));
  bucket.Settle(-3);
  CHECK(bucket.Reserve(1, After(2)) == Millis(4000));
  bucket.Settle(1000);
  CHECK(bucket.Reserve(7, After(2)) == Millis(0));
  CHECK(bucket.Reserve(1, After(2)) == Millis(2000));
}

TEST_CASE("token bucket: time that seems to go back changes nothing") {
  TokenBucket bucket(60, 6, After(10));
  CHECK(bucket.Reserve(1, After(5)) == Millis(1000));
  CHECK(bucket.Reserve(1, After(10)) == Millis(2000));
}

TEST_CASE("token bucket: a wait of ages is still a number") {
  TokenBucket bucket(1e-9, 1e6, kStart);
  CHECK(bucket.Delay(1e6, kStart) > std::chrono::hours(24 * 365));
  CHECK(kStart + bucket.Delay(1e6, kStart) > kStart);
}

}  // namespace
}  // namespace reembed
