// Quotas per minute, in the three ways in which servers count. Pure arithmetic: the time is an
// argument.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

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
  /// Another limit from now on: what is left stays, as far as the bucket holds it.
  void Change(double per_minute, QuotaClock::time_point now);

 private:
  double Level(QuotaClock::time_point now) const;
  std::chrono::nanoseconds TimeFor(double amount) const;

  double per_minute_;
  double capacity_;
  double level_;
  QuotaClock::time_point at_;
};

/// How a server counts. In the words of `--quota-kind`.
enum class QuotaKind : std::uint8_t {
  kBucket,   ///< `bucket`: continuously, see QuotaBucket
  kSliding,  ///< `sliding`: no 60 seconds, wherever they begin, hold more than the limit
  kFixed,    ///< `fixed`: by minutes that follow each other, the first from the start
};

/// A strict count of what was granted within a minute.
class QuotaWindow {
 public:
  QuotaWindow(double per_minute, bool sliding, QuotaClock::time_point now);

  std::chrono::nanoseconds WaitFor(double cost, QuotaClock::time_point now) const;
  void Take(double cost, QuotaClock::time_point now);
  std::int64_t Remaining(QuotaClock::time_point now) const;
  std::chrono::nanoseconds UntilFull(QuotaClock::time_point now) const;
  /// Another limit from now on; what was granted stays granted.
  void Change(double per_minute) { per_minute_ = per_minute; }

 private:
  struct Grant {
    QuotaClock::time_point expires;
    double cost = 0;
  };
  double Used(QuotaClock::time_point now) const;

  double per_minute_;
  bool sliding_;
  QuotaClock::time_point start_;
  std::deque<Grant> grants_;
};

/// One limit, counted in one of the ways.
class QuotaCount {
 public:
  QuotaCount(QuotaKind kind, double per_minute, QuotaClock::time_point now);

  std::chrono::nanoseconds WaitFor(double cost, QuotaClock::time_point now) const;
  void Take(double cost, QuotaClock::time_point now);
  std::int64_t Remaining(QuotaClock::time_point now) const;
  std::chrono::nanoseconds UntilFull(QuotaClock::time_point now) const;
  void Change(double per_minute, QuotaClock::time_point now);

 private:
  QuotaKind kind_;
  QuotaBucket bucket_;
  QuotaWindow window_;
};

/// What a request met. `refused_by_tokens` and `too_large` only when not granted; `too_large`:
/// the request alone is above a whole minute's limit and can never pass.
struct QuotaVerdict {
  bool granted = true;
  bool refused_by_tokens = false;
  bool too_large = false;
  std::chrono::milliseconds wait{0};
};

/// Both limits at one moment. `reset` is the time until all of a limit is there again, not the time
/// to wait, which is what OpenAI's `x-ratelimit-reset-*` headers mean by it. The limits of an
/// unlimited provider, for a 429 that is only simulated, are those of OpenAI's first paid tier.
struct QuotaState {
  QuotaLimits limits{.requests = 3000, .tokens = 1000000};
  std::int64_t remaining_requests = 0;
  std::int64_t remaining_tokens = 0;
  std::chrono::nanoseconds reset_requests{0};
  std::chrono::nanoseconds reset_tokens{0};
};

/// Both limits of one provider. A refused request takes nothing from either. Not thread-safe.
class Quota {
 public:
  Quota(QuotaLimits limits, QuotaClock::time_point now, QuotaKind kind = QuotaKind::kBucket);

  /// Other limits from now on. One that was none stays none, and the other way round.
  void Change(QuotaLimits limits, QuotaClock::time_point now);
  QuotaLimits limits() const { return limits_; }

  /// Takes both costs or neither; `wait` is the longer of the two waits, rounded up.
  QuotaVerdict Take(double requests, double tokens, QuotaClock::time_point now);

  /// False when neither requests nor tokens are limited.
  bool limited() const { return limits_.requests > 0 || limits_.tokens > 0; }
  QuotaState Look(QuotaClock::time_point now) const;

 private:
  QuotaLimits limits_;
  QuotaCount requests_;
  QuotaCount tokens_;
};

}  // namespace reembed::sandbox
