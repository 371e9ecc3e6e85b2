#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "reembed/core/batcher.h"
#include "reembed/core/config.h"
#include "reembed/core/quota.h"
#include "reembed/ports/provider.h"

namespace reembed {

/// The first batch of a run is a proof of key, model and vector length; it is small, so that a
/// wrong set-up costs next to nothing.
inline constexpr BatchLimits kFirstBatch{.max_texts = 8, .max_tokens = 4000, .max_bytes = 16'000};

/// So many estimated tokens make a request that is still cheap to repeat.
inline constexpr std::uint64_t kCheapRequestTokens = 60'000;

/// Estimates are off by a tenth now and then: a request of so many estimated tokens less an
/// eleventh stays under the server's own limit.
inline constexpr std::uint64_t kEstimateMargin = 11;

/// A request is at most this part of a minute's quota: bigger ones would come in bursts, and the
/// end of each minute's quota would go unused.
inline constexpr double kRequestsOfAQuota = 50;

/// How the texts of a run are packed.
struct BatchRules {
  BatchLimits limits;
  bool counts_texts = false;  ///< the provider's request quota counts texts
};

/// The lower of two limits, zero being none.
inline std::uint64_t LowerLimit(std::uint64_t a, std::uint64_t b) {
  return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

/// Kept small under the quotas that are in force, though never below one text and one token.
/// `counts_texts`: the request quota counts texts.
inline BatchLimits SmoothUnder(BatchLimits limits, const GrantedPace& pace, bool counts_texts) {
  const auto part = [](double quota) {
    return static_cast<std::uint64_t>(std::max(1.0, quota / kRequestsOfAQuota));
  };
  if (pace.tokens_per_minute) {
    limits.max_tokens = LowerLimit(limits.max_tokens, part(*pace.tokens_per_minute));
  }
  if (counts_texts && pace.requests_per_minute) {
    limits.max_texts = LowerLimit(limits.max_texts, part(*pace.requests_per_minute));
  }
  return limits;
}

/// What the provider declares, with a margin where it is estimated, cheap to repeat, and small
/// under the quotas that the user has set.
inline BatchLimits BatchLimitsFor(const ProviderProperties& provider,
                                  const EmbeddingConfig& config) {
  const std::uint64_t tokens =
      provider.max_request_tokens - provider.max_request_tokens / kEstimateMargin;
  const BatchLimits limits{.max_texts = std::max<std::size_t>(1, provider.preferred_texts),
                           .max_tokens = LowerLimit(tokens, kCheapRequestTokens),
                           .max_bytes = provider.max_request_bytes};
  return SmoothUnder(limits,
                     {.requests_per_minute = config.requests_per_minute,
                      .tokens_per_minute = config.tokens_per_minute},
                     provider.counts_texts);
}

}  // namespace reembed
