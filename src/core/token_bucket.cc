#include "reembed/core/token_bucket.h"

#include <algorithm>
#include <cmath>

namespace reembed {

TokenBucket::TokenBucket(double per_minute, double burst, SteadyTime now)
    : per_milli_(per_minute / 60'000.0), burst_(burst), last_(now) {}

Millis TokenBucket::Reserve(double amount, SteadyTime now) {
  Refill(now);
  const double missing = std::min(amount, burst_) - level_;
  level_ -= amount;
  if (missing <= 0) return Millis(0);
  // The tiny reduction keeps a rounding error in the division from costing a whole millisecond.
  return Millis(static_cast<Millis::rep>(std::ceil(missing / per_milli_ - 1e-6)));
}

void TokenBucket::Settle(double difference) {
  level_ = std::min(burst_, level_ + difference);
}

void TokenBucket::Refill(SteadyTime now) {
  if (now <= last_) return;
  const std::chrono::duration<double, std::milli> elapsed = now - last_;
  level_ = std::min(burst_, level_ + elapsed.count() * per_milli_);
  last_ = now;
}

}  // namespace reembed
