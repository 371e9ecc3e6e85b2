#include "src/io/typesense/retry.h"

#include <algorithm>

namespace reembed {

RetryRule RuleFor(Regime regime, const TypesenseConfig& config, Millis patience) {
  if (regime == Regime::kRunning) return {.max_retries = {}, .patience = patience};
  return {.max_retries = config.num_retries,
          .first_wait = config.retry_interval,
          .longest_wait = config.retry_interval};
}

std::optional<Millis> NextWait(const RetryRule& rule, int failures, Millis elapsed) {
  if (rule.max_retries && failures > *rule.max_retries) return std::nullopt;
  if (elapsed >= rule.patience) return std::nullopt;
  Millis wait = rule.first_wait;
  for (int i = 1; i < failures && wait < rule.longest_wait; ++i) wait *= 2;
  return std::min({wait, rule.longest_wait, rule.patience - elapsed});
}

bool IsTemporary(ErrorKind kind) {
  return kind == ErrorKind::kTransient || kind == ErrorKind::kBusy ||
         kind == ErrorKind::kRateLimited || kind == ErrorKind::kUnreachable;
}

}  // namespace reembed
