#pragma once

#include <cstdint>
#include <string_view>

namespace reembed {

/// Bytes per token, as a snapshot. The start value suits English; what the provider bills corrects
/// it (see Estimator in the resilience layer).
struct TokenEstimate {
  double bytes_per_token = 4.0;

  /// At least one token for a non-empty text.
  std::uint64_t TokensIn(std::string_view text) const;
  /// How many bytes of text are estimated to hold `tokens`.
  std::uint64_t BytesFor(std::uint64_t tokens) const;
};

}  // namespace reembed
