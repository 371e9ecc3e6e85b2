#include "reembed/core/token_bucket.h"

#include <algorithm>
#include <cmath>

namespace reembed {
namespace {

constexpr double kMillisAMinute = 60'000.0;
// Thirty years: as good as for ever, and no overflow when it is added to a time.
constexpr double kLongestMillis = 1e12;

}  // namespace

TokenBucket::TokenBucket(double per_minute, double burst, SteadyTime now)
    : per_milli_(per_minute / kMillisAMinute), burst_(burst), last_(now) {}

Millis TokenBucket::Delay(double amount, SteadyTime now) {
  Refill(now);
  const double missing = std::min(amount, burst_) - level_;
  if (missing <= 0) return Millis(0);
  // The tiny reduction keeps a rounding error in the division from costing a whole millisecond.
  const double delay = std::ceil(missing / per_milli_ - 1e-6);
  return Millis(static_cast<Millis::rep>(std::min(delay, kLongestMillis)));
}

void TokenBucket::Take(double amount, SteadyTime now) {
  Refill(now);
  level_ -= amount;
}

Millis TokenBucket::Reserve(double amount, SteadyTime now) {
  const Millis delay = Delay(amount, now);
  Take(amount, now);
  return delay;
}

void TokenBucket::Settle(double difference) {
  level_ = std::min(burst_, level_ + difference);
}

void TokenBucket::SetRate(double per_minute, SteadyTime now) {
  Refill(now);
  per_milli_ = per_minute / kMillisAMinute;
}

void TokenBucket::SetBurst(double burst, SteadyTime now) {
  Refill(now);
  burst_ = burst;
  level_ = std::min(level_, burst_);
}

void TokenBucket::Cap(double level, SteadyTime now) {
  Refill(now);
  level_ = std::min(level_, level);
}

void TokenBucket::Refill(SteadyTime now) {
  if (now <= last_) return;
  const std::chrono::duration<double, std::milli> elapsed = now - last_;
  level_ = std::min(burst_, level_ + elapsed.count() * per_milli_);
  last_ = now;
}

}  // namespace reembed
