// Quotas per minute as continuous token buckets. Pure arithmetic: the time is an argument.
#pragma once

#include <chrono>
#include <cstdint>

namespace reembed::sandbox {

using QuotaClock = std::chrono::steady_clock;

/// Limits per minute; 0 means none.
struct QuotaLimits {
  double requests = 0;
  double tokens = 0;
};

/// One continuous bucket. It holds at most a tenth of a minute's worth and starts with that, so
/// that no minute, however it slides, sees much more than the limit. A cost above what it can
/// ever hold is granted from a full bucket and leaves it in debt.
class QuotaBucket {
 public:
  /// `per_minute` 0: no limit. Holds at least one unit, however low the limit.
  QuotaBucket(double per_minute, QuotaClock::time_point now);

  /// How long until `cost` is granted; zero: now. A tenth of a second's worth is lent, which
  /// forgives a client on the same pace the jitter of its connection.
  std::chrono::nanoseconds WaitFor(double cost, QuotaClock::time_point now) const;
  /// Takes `cost` whatever is left; the caller has asked WaitFor() first.
  void Take(double cost, QuotaClock::time_point now);

  /// Whole units left, never negative.
  std::int64_t Remaining(QuotaClock::time_point now) const;
  /// Until the bucket is completely full again.
  std::chrono::nanoseconds UntilFull(QuotaClock::time_point now) const;

 private:
  double Level(QuotaClock::time_point now) const;
  std::chrono::nanoseconds TimeFor(double amount) const;

  double per_minute_;
  double capacity_;
  double level_;
  QuotaClock::time_point at_;
};

/// What a request met. `refused_by_tokens` and `too_large` only when not granted; `too_large`:
/// the request alone is above a whole minute's limit and can never pass.
struct QuotaVerdict {
  bool granted = true;
  bool refused_by_tokens = false;
  bool too_large = false;
  std::chrono::milliseconds wait{0};
};

/// Both buckets at one moment. `reset` is the time until a bucket is completely full, not the time
/// to wait, which is what OpenAI's `x-ratelimit-reset-*` headers mean by it. The limits of an
/// unlimited provider, for a 429 that is only simulated, are those of OpenAI's first paid tier.
struct QuotaState {
  QuotaLimits limits{.requests = 3000, .tokens = 1000000};
  std::int64_t remaining_requests = 0;
  std::int64_t remaining_tokens = 0;
  std::chrono::nanoseconds reset_requests{0};
  std::chrono::nanoseconds reset_tokens{0};
};

/// Both buckets of one provider. A refused request takes nothing from either. Not thread-safe.
class Quota {
 public:
  Quota(QuotaLimits limits, QuotaClock::time_point now);

  /// Takes both costs or neither; `wait` is the longer of the two waits, rounded up.
  QuotaVerdict Take(double requests, double tokens, QuotaClock::time_point now);

  /// False when neither requests nor tokens are limited.
  bool limited() const { return limits_.requests > 0 || limits_.tokens > 0; }
  QuotaState Look(QuotaClock::time_point now) const;

 private:
  QuotaLimits limits_;
  QuotaBucket requests_;
  QuotaBucket tokens_;
};

}  // namespace reembed::sandbox
