#include "tests/sandbox/provider_quota.h"

#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

using namespace std::chrono_literals;

const QuotaClock::time_point kStart{};

}  // namespace

TEST_CASE("quota: without limits everything passes") {
  Quota quota({}, kStart);
  CHECK_FALSE(quota.limited());
  CHECK(quota.Take(1000, 1e9, kStart).granted);
}

TEST_CASE("quota: a tenth of a minute's requests pass at once, then one per interval") {
  Quota quota({.requests = 60, .tokens = 0}, kStart);
  for (int i = 0; i < 6; ++i) CHECK(quota.Take(1, 10, kStart).granted);
  const QuotaVerdict refused = quota.Take(1, 10, kStart);
  CHECK_FALSE(refused.granted);
  CHECK_FALSE(refused.refused_by_tokens);
  CHECK(refused.wait == 1000ms);
  CHECK(quota.Take(1, 10, kStart + 1s).granted);
  CHECK_FALSE(quota.Take(1, 10, kStart + 1s).granted);
}

TEST_CASE("quota: a refused request takes nothing") {
  Quota quota({.requests = 60, .tokens = 6000}, kStart);
  CHECK(quota.Take(1, 600, kStart).granted);
  CHECK_FALSE(quota.Take(1, 600, kStart).granted);
  CHECK(quota.Look(kStart).remaining_requests == 5);
}

TEST_CASE("quota: the token bucket names itself") {
  Quota quota({.requests = 60, .tokens = 6000}, kStart);
  CHECK(quota.Take(1, 600, kStart).granted);
  const QuotaVerdict refused = quota.Take(1, 100, kStart);
  CHECK(refused.refused_by_tokens);
  CHECK(refused.wait == 1000ms);
}

TEST_CASE("quota: a cost above the burst passes from a full bucket and is worked off") {
  Quota quota({.requests = 0, .tokens = 6000}, kStart);
  CHECK(quota.Take(1, 3000, kStart).granted);
  CHECK(quota.Take(1, 600, kStart + 5s).wait == 25000ms);
  CHECK(quota.Take(1, 600, kStart + 30s).granted);
}

TEST_CASE("quota: a cost above a whole minute never passes") {
  Quota quota({.requests = 0, .tokens = 6000}, kStart);
  const QuotaVerdict refused = quota.Take(1, 6001, kStart + 600s);
  CHECK_FALSE(refused.granted);
  CHECK(refused.too_large);
}

TEST_CASE("quota: a caller who is a tenth of a second early is forgiven") {
  Quota quota({.requests = 600, .tokens = 0}, kStart);
  CHECK(quota.Take(60, 0, kStart).granted);
  CHECK(quota.Take(10, 0, kStart + 900ms).granted);
  CHECK(quota.Take(10, 0, kStart + 1900ms).granted);
  CHECK_FALSE(quota.Take(10, 0, kStart + 1900ms).granted);
}

TEST_CASE("quota: its state says what is left and when it is full again") {
  Quota quota({.requests = 600, .tokens = 6000}, kStart);
  CHECK(quota.Take(30, 500, kStart).granted);
  const QuotaState state = quota.Look(kStart + 1s);
  CHECK(state.limits.requests == 600);
  CHECK(state.remaining_requests == 40);
  CHECK(state.remaining_tokens == 200);
  CHECK(state.reset_requests == 2s);
  CHECK(state.reset_tokens == 4s);
}

TEST_CASE("quota: a sliding minute grants again when the oldest request is a minute old") {
  Quota quota({.requests = 3, .tokens = 0}, kStart, QuotaKind::kSliding);
  CHECK(quota.Take(1, 0, kStart).granted);
  CHECK(quota.Take(2, 0, kStart + 20s).granted);
  CHECK(quota.Take(1, 0, kStart + 59s).wait == 1000ms);
  CHECK(quota.Take(2, 0, kStart + 60s).wait == 20000ms);
  CHECK(quota.Take(1, 0, kStart + 60s).granted);
  CHECK(quota.Look(kStart + 60s).remaining_requests == 0);
  CHECK(quota.Look(kStart + 60s).reset_requests == 60s);
  CHECK(quota.Look(kStart + 80s).remaining_requests == 2);
}

TEST_CASE("quota: minutes by the clock begin anew all at once") {
  Quota quota({.requests = 3, .tokens = 0}, kStart, QuotaKind::kFixed);
  CHECK(quota.Take(3, 0, kStart + 50s).granted);
  CHECK(quota.Take(1, 0, kStart + 55s).wait == 5000ms);
  CHECK(quota.Take(3, 0, kStart + 60s).granted);
  CHECK_FALSE(quota.Take(1, 0, kStart + 61s).granted);
}

TEST_CASE("quota: a change takes effect at once, whatever the kind") {
  Quota bucket({.requests = 600, .tokens = 0}, kStart);
  bucket.Change({.requests = 300, .tokens = 0}, kStart);
  CHECK(bucket.Look(kStart).remaining_requests == 30);
  CHECK(bucket.Take(30, 0, kStart).granted);
  CHECK(bucket.Take(5, 0, kStart).wait == 1000ms);
  Quota sliding({.requests = 4, .tokens = 0}, kStart, QuotaKind::kSliding);
  CHECK(sliding.Take(3, 0, kStart).granted);
  sliding.Change({.requests = 2, .tokens = 0}, kStart);
  CHECK(sliding.Look(kStart).remaining_requests == 0);
  CHECK(sliding.Take(1, 0, kStart + 30s).wait == 30000ms);
  CHECK(sliding.Take(2, 0, kStart + 60s).granted);
}

}  // namespace reembed::sandbox
