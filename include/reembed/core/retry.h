#pragma once

#include "reembed/base/clock.h"
#include "reembed/base/error.h"

namespace reembed {

/// Whether and how long, as a value. The loop that uses it is WithRetry; nothing else retries a
/// provider.
struct RetryPolicy {
  int max_attempts = 10;
  Millis first_delay{500};
  Millis max_delay{30'000};

  /// True when attempt number `attempts` (1-based, just failed) may be followed by another.
  bool ShouldRetry(const Error& error, int attempts) const;

  /// The wait after `attempts` failures: doubling from `first_delay` to `max_delay`, full jitter
  /// (uniform between zero and that); a wait the server stated is the minimum.
  Millis DelayAfter(const Error& error, int attempts, double jitter) const;
};

/// The shared pause after a 429: the server's wait, or 1 s doubling to 60 s without one, is the
/// minimum; up to a quarter of it, at most 5 s, comes on top as jitter.
Millis RateLimitPause(const Error& error, int limited_in_a_row, double jitter);

/// Failures that a repetition of the same request may cure (429 is not among them: it is no
/// attempt at all).
bool IsTransient(ErrorKind kind);

}  // namespace reembed
