#include "reembed/core/token_estimate.h"

#include <algorithm>
#include <cmath>

namespace reembed {

std::uint64_t TokenEstimate::TokensIn(std::string_view text) const {
  return static_cast<std::uint64_t>(
      std::ceil(static_cast<double>(text.size()) / std::max(bytes_per_token, 0.01)));
}

std::uint64_t TokenEstimate::BytesFor(std::uint64_t tokens) const {
  return static_cast<std::uint64_t>(static_cast<double>(tokens) * bytes_per_token);
}

}  // namespace reembed
