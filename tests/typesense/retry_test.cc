#include "src/io/typesense/retry.h"

#include "tests/support/catch2.h"

namespace reembed {
namespace {

TEST_CASE("retry: planning repeats num_retries times at a fixed interval") {
  const RetryRule rule = RuleFor(Regime::kPlanning, TypesenseConfig{}, Seconds(1800));
  CHECK(NextWait(rule, 1, Millis{0}) == Millis{1000});
  CHECK(NextWait(rule, 3, Seconds(5000)) == Millis{1000});
  CHECK_FALSE(NextWait(rule, 4, Millis{0}).has_value());
}

TEST_CASE("retry: running doubles the waits from 1 s to 30 s") {
  const RetryRule rule = RuleFor(Regime::kRunning, TypesenseConfig{}, Seconds(1800));
  CHECK(NextWait(rule, 1, Millis{0}) == Seconds(1));
  CHECK(NextWait(rule, 2, Seconds(1)) == Seconds(2));
  CHECK(NextWait(rule, 5, Seconds(15)) == Seconds(16));
  CHECK(NextWait(rule, 6, Seconds(31)) == Seconds(30));
  CHECK(NextWait(rule, 50, Seconds(900)) == Seconds(30));
}

TEST_CASE("retry: the last wait ends with the patience") {
  const RetryRule rule = RuleFor(Regime::kRunning, TypesenseConfig{}, Seconds(100));
  CHECK(NextWait(rule, 9, Seconds(90)) == Seconds(10));
  CHECK_FALSE(NextWait(rule, 9, Seconds(100)).has_value());
}

TEST_CASE("retry: only what may pass is tried again") {
  CHECK(IsTemporary(ErrorKind::kTransient));
  CHECK(IsTemporary(ErrorKind::kBusy));
  CHECK(IsTemporary(ErrorKind::kRateLimited));
  CHECK(IsTemporary(ErrorKind::kUnreachable));
  CHECK_FALSE(IsTemporary(ErrorKind::kRefused));
  CHECK_FALSE(IsTemporary(ErrorKind::kNotFound));
  CHECK_FALSE(IsTemporary(ErrorKind::kInterrupted));
  CHECK_FALSE(IsTemporary(ErrorKind::kOutage));
}

}  // namespace
}  // namespace reembed
