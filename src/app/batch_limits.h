#pragma once

#include <algorithm>

#include "reembed/core/batcher.h"
#include "reembed/core/config.h"
#include "reembed/ports/provider.h"

namespace reembed {

/// The first batch of a run is a proof of key, model and vector length; it is small, so that a
/// wrong set-up costs next to nothing.
inline constexpr BatchLimits kFirstBatch{.max_texts = 8, .max_tokens = 4000, .max_bytes = 16'000};

/// What the provider declares, kept small where its quota counts texts: a batch of more than a
/// tenth of a minute's quota would come in bursts.
inline BatchLimits BatchLimitsFor(const ProviderProperties& provider,
                                  const EmbeddingConfig& config) {
  BatchLimits limits{.max_texts = std::max<std::size_t>(1, provider.preferred_texts),
                     .max_tokens = provider.max_request_tokens,
                     .max_bytes = provider.max_request_bytes};
  if (provider.counts_texts && config.requests_per_minute) {
    const auto tenth = static_cast<std::size_t>(std::max(1.0, *config.requests_per_minute / 10));
    limits.max_texts = std::min(limits.max_texts, tenth);
  }
  return limits;
}

}  // namespace reembed
