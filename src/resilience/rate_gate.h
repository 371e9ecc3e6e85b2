#pragma once

#include <cstdint>
#include <optional>

#include "reembed/base/mutex.h"
#include "reembed/core/token_bucket.h"
#include "src/resilience/surroundings.h"

namespace reembed {

/// What the user allows. Without a number there is no bucket.
struct RateRules {
  std::optional<double> requests_per_minute;  ///< in the provider's own unit: requests or texts
  std::optional<double> tokens_per_minute;
  Millis max_wait{900'000};
};

/// What one request costs.
struct RequestCost {
  double requests = 1;
  double tokens = 0;
};

/// The one door to a provider, shared by all workers: two buckets (each holds at most a tenth of a
/// minute and starts empty) and the pause after a 429. All waits end with `stop.drain`.
/// A pause is the longest that any answer has asked for; behind it every worker adds jitter of its
/// own, so that they do not all knock at once. Thread-safe.
class RateGate {
 public:
  /// `surroundings` outlives this object.
  RateGate(const RateRules& rules, const Surroundings& surroundings);

  /// Waits until a request may go out. The number tells Limited() which pauses the request has
  /// already sat out. Errors: kInterrupted.
  Result<std::uint64_t> Enter(const RequestCost& cost, const StopTokens& stop);

  /// A request was answered with a 429: sets the pause. kWaitTooLong when no success can come
  /// within `max_wait` of the first 429 after the last success.
  Status Limited(std::uint64_t entered, const Error& error);

  /// A request was answered: ends the row of 429s and puts right what its tokens were estimated at.
  void Succeeded(const RequestCost& cost, std::optional<std::uint64_t> billed);

 private:
  struct Pause {
    Millis left{0};
    std::uint64_t number = 0;
  };
  Millis Reserve(const RequestCost& cost);
  Pause PauseNow(double jitter) const;
  Error TooLong(const Error& error, Millis pause, Millis limited_for) const;

  const Surroundings& surroundings_;
  const Millis max_wait_;
  mutable Mutex mutex_;
  std::optional<TokenBucket> requests_ REEMBED_GUARDED_BY(mutex_);
  std::optional<TokenBucket> tokens_ REEMBED_GUARDED_BY(mutex_);
  SteadyTime not_before_ REEMBED_GUARDED_BY(mutex_){};
  Millis spread_ REEMBED_GUARDED_BY(mutex_){0};  // how far jitter may stretch the pause
  std::uint64_t pauses_ REEMBED_GUARDED_BY(mutex_) = 0;
  int limited_in_a_row_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::optional<SteadyTime> limited_since_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace reembed
