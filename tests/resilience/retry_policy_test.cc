#include "reembed/core/retry.h"

#include <vector>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

const Error kServerError{.kind = ErrorKind::kTransient, .message = "500"};
const Error kNoWait{.kind = ErrorKind::kRateLimited, .message = "429"};

std::vector<int> DelaysWith(double jitter) {
  const RetryPolicy policy;
  std::vector<int> delays;
  for (int attempts = 1; attempts <= 9; ++attempts) {
    delays.push_back(static_cast<int>(policy.DelayAfter(kServerError, attempts, jitter).count()));
  }
  return delays;
}

TEST_CASE("retry: delays double from half a second to thirty, under full jitter") {
  CHECK(DelaysWith(1.0) ==
        std::vector<int>{500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000});
  CHECK(DelaysWith(0.5) == std::vector<int>{250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000});
  CHECK(DelaysWith(0.0) == std::vector<int>(9, 0));
}

TEST_CASE("retry: a wait that the server states is the least") {
  const Error error{.kind = ErrorKind::kTransient, .message = "503", .retry_after = Millis(7000)};
  CHECK(RetryPolicy{}.DelayAfter(error, 1, 0.9) == Millis(7000));
  CHECK(RetryPolicy{}.DelayAfter(error, 9, 0.9) == Millis(27000));
}

TEST_CASE("retry: ten attempts, and only for what a repetition may cure") {
  const RetryPolicy policy;
  CHECK(policy.ShouldRetry(kServerError, 9));
  CHECK_FALSE(policy.ShouldRetry(kServerError, 10));
  CHECK_FALSE(policy.ShouldRetry({.kind = ErrorKind::kRefused, .message = ""}, 1));
  CHECK_FALSE(policy.ShouldRetry(kNoWait, 1));
}

TEST_CASE("retry: transient are server errors, no connection and odd vector lengths") {
  CHECK(IsTransient(ErrorKind::kTransient));
  CHECK(IsTransient(ErrorKind::kUnreachable));
  CHECK(IsTransient(ErrorKind::kWrongLength));
  CHECK_FALSE(IsTransient(ErrorKind::kRateLimited));
  CHECK_FALSE(IsTransient(ErrorKind::kAdapted));
  CHECK_FALSE(IsTransient(ErrorKind::kBadText));
}

TEST_CASE("rate limit pause: doubles from one second to sixty when the server says nothing") {
  CHECK(RateLimitPause(kNoWait, 1, 0) == Millis(1000));
  CHECK(RateLimitPause(kNoWait, 2, 0) == Millis(2000));
  CHECK(RateLimitPause(kNoWait, 6, 0) == Millis(32000));
  CHECK(RateLimitPause(kNoWait, 7, 0) == Millis(60000));
  CHECK(RateLimitPause(kNoWait, 1000, 0) == Millis(60000));
}

TEST_CASE("rate limit pause: the server's wait is the least, jitter comes on top") {
  Error error = kNoWait;
  error.retry_after = Millis(12'000);
  CHECK(RateLimitPause(error, 5, 0) == Millis(12'000));
  CHECK(RateLimitPause(error, 5, 0.5) == Millis(13'500));
  error.retry_after = Millis(600'000);
  CHECK(RateLimitPause(error, 1, 1) == Millis(605'000));
}

TEST_CASE("rate limit pause: a stated wait of nothing is not believed") {
  Error error = kNoWait;
  error.retry_after = Millis(0);
  CHECK(RateLimitPause(error, 3, 0) == Millis(4000));
}

}  // namespace
}  // namespace reembed
