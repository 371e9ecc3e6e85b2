#include "src/resilience/concurrency.h"

#include <vector>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

const SteadyTime kNow{std::chrono::hours(1)};

/// As many at once as are allowed, all answered.
void RoundTrip(Concurrency& concurrency, SteadyTime now = kNow) {
  std::vector<Concurrency::Pass> passes;
  while (concurrency.Allows(passes.size())) passes.push_back(concurrency.Begin(passes.size()));
  for (const auto& pass : passes) concurrency.Succeeded(pass, now);
}

TEST_CASE("concurrency: doubles with each round trip until all is used") {
  Concurrency concurrency({.most = 12}, kNow);
  CHECK(concurrency.limit() == 4);
  RoundTrip(concurrency);
  CHECK(concurrency.limit() == 8);
  RoundTrip(concurrency);
  CHECK(concurrency.limit() == 12);
  CHECK_FALSE(concurrency.Allows(12));
}

TEST_CASE("concurrency: does not grow while it is not used fully") {
  Concurrency concurrency({.most = 12}, kNow);
  for (int i = 0; i < 20; ++i) concurrency.Succeeded(concurrency.Begin(1), kNow);
  CHECK(concurrency.limit() == 4);
}

TEST_CASE("concurrency: one decrease for a burst, then one more with each round trip") {
  Concurrency concurrency({.most = 8}, kNow);
  RoundTrip(concurrency);
  std::vector<Concurrency::Pass> burst;
  for (std::size_t i = 0; i < 8; ++i) burst.push_back(concurrency.Begin(i));
  for (const auto& pass : burst) concurrency.Overloaded(pass, kNow);
  CHECK(concurrency.limit() == 4);
  RoundTrip(concurrency);
  CHECK(concurrency.limit() == 5);
  for (int i = 0; i < 9; ++i) concurrency.Overloaded(concurrency.Begin(0), kNow);
  CHECK(concurrency.limit() == 1);
}

TEST_CASE("concurrency: careful while a quota is hidden") {
  Concurrency concurrency({.most = 8, .quota_hidden = true}, kNow);
  CHECK(concurrency.limit() == 2);
  RoundTrip(concurrency);
  CHECK(concurrency.limit() == 2);
  RoundTrip(concurrency, kNow + Seconds(15));
  CHECK(concurrency.limit() == 3);
  concurrency.QuotaKnown();
  RoundTrip(concurrency, kNow + Seconds(15));
  CHECK(concurrency.limit() == 6);
}

TEST_CASE("concurrency: without a limit everything is allowed") {
  Concurrency concurrency({}, kNow);
  CHECK(concurrency.Allows(1'000));
  concurrency.Overloaded(concurrency.Begin(0), kNow);
  CHECK(concurrency.Allows(1'000));
  CHECK(concurrency.limit() == 0);
}

}  // namespace
}  // namespace reembed
