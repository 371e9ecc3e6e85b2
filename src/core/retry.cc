#include "reembed/core/retry.h"

#include <algorithm>

namespace reembed {
namespace {

/// `first` · 2^(times - 1), at most `most`.
Millis Doubled(Millis first, Millis most, int times) {
  Millis delay = first;
  for (int i = 1; i < times && delay < most; ++i) delay *= 2;
  return std::min(delay, most);
}

Millis Fraction(Millis whole, double part) {
  return Millis(static_cast<Millis::rep>(static_cast<double>(whole.count()) * part));
}

}  // namespace

bool IsTransient(ErrorKind kind) {
  return kind == ErrorKind::kTransient || kind == ErrorKind::kUnreachable ||
         kind == ErrorKind::kWrongLength;
}

bool RetryPolicy::ShouldRetry(const Error& error, int attempts) const {
  return IsTransient(error.kind) && attempts < max_attempts;
}

Millis RetryPolicy::DelayAfter(const Error& error, int attempts, double jitter) const {
  const Millis delay = Fraction(Doubled(first_delay, max_delay, attempts), jitter);
  return std::max(delay, error.retry_after.value_or(Millis(0)));
}

Millis RateLimitPause(const Error& error, int limited_in_a_row, double jitter) {
  // "Retry-After: 0" together with a 429 is no wait at all; asking again at once would spin.
  const Millis stated = error.retry_after.value_or(Millis(0));
  const Millis base =
      stated > Millis(0) ? stated : Doubled(Millis(1'000), Millis(60'000), limited_in_a_row);
  return base + Fraction(std::min(base / 4, Millis(5'000)), jitter);
}

}  // namespace reembed
