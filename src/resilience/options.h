#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "reembed/base/clock.h"
#include "reembed/core/config.h"
#include "reembed/core/retry.h"
#include "src/resilience/budget.h"

namespace reembed {

/// How patiently a provider is asked. The defaults suit paid services and local servers alike.
struct EmbedderOptions {
  std::string model;  ///< for messages
  std::optional<double> requests_per_minute = {};
  std::optional<double> tokens_per_minute = {};
  std::size_t concurrency = 0;      ///< requests in flight together at most; 0: not limited here
  Millis max_wait{900'000};         ///< for one stated wait, and for all 429s in a row together
  Millis outage_patience{300'000};  ///< without one success while the circuit is open
  NormalizeRule normalize = NormalizeRule::kAuto;
  RetryPolicy batch{.max_attempts = 10};
  RetryPolicy single{.max_attempts = 3};  ///< for each text of a batch that used up its attempts
  Millis first_request_timeout{300'000};  ///< until one is answered: local servers load the model
  Millis request_timeout{120'000};
  std::optional<Budget> budget = {};  ///< absent: no limit
};

}  // namespace reembed
