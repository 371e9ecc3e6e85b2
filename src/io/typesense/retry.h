#pragma once

#include <optional>

#include "reembed/base/clock.h"
#include "reembed/base/error.h"
#include "reembed/core/config.h"

namespace reembed {

/// How long a call is repeated. While planning, a cluster that does not answer is soon an error;
/// while running, hours of paid work hang on its return.
enum class Regime : std::uint8_t { kPlanning, kRunning };

/// When to ask again, and when to stop. A value.
struct RetryRule {
  std::optional<int> max_retries;  ///< nothing: as often as `patience` allows
  Millis first_wait{1000};         ///< doubles from wait to wait
  Millis longest_wait{30'000};
  Millis patience = Millis::max();  ///< from the first failure of the call on
};

/// Planning: `num_retries` times, `retry_interval` apart, as the official clients do.
/// Running:  1 s, 2 s, 4 s … 30 s apart until `patience` is over.
RetryRule RuleFor(Regime regime, const TypesenseConfig& config, Millis patience);

/// The wait after the `failures`-th failure (1, 2, …), `elapsed` after the first one; nothing when
/// it is time to give up. The last wait is cut so that it ends with the patience. Pure.
std::optional<Millis> NextWait(const RetryRule& rule, int failures, Millis elapsed);

/// True for trouble that another attempt, maybe on another node, may not meet.
bool IsTemporary(ErrorKind kind);

}  // namespace reembed
