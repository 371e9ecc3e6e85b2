#pragma once

#include <cstddef>
#include <optional>

#include "reembed/base/clock.h"

namespace reembed {

/// One kind of quota as an answer states it, in units a minute. Absent is what it does not say.
struct QuotaFacts {
  std::optional<double> per_minute = {};  ///< the limit
  std::optional<double> remaining = {};   ///< after this request
  std::optional<Millis> until_full =
      {};  ///< until all of it is there again (`x-ratelimit-reset-*`)
};

/// What an answer says of the provider's quotas, whether it brings vectors or a refusal.
struct QuotaNotice {
  QuotaFacts requests;  ///< in the provider's own unit: requests, or texts
  QuotaFacts tokens;
};

/// At which rates requests are let through at the moment: what the user allows, or what the
/// provider has been found to grant, whichever is less. Absent: no limit is known.
struct GrantedPace {
  std::optional<double> requests_per_minute;  ///< texts, where the quota counts those
  std::optional<double> tokens_per_minute;
  std::size_t concurrency = 0;  ///< requests that may be in flight together; 0: not limited
};

}  // namespace reembed
