#pragma once

#include <cstdint>

#include "reembed/core/config.h"
#include "reembed/core/token_estimate.h"

namespace reembed {

/// What the rule for texts of more than `max_text_tokens` (0: no known limit) leaves of one to be
/// sent: nothing, its beginning, or all of it in parts.

/// Of `tokens` so many.
std::uint64_t TokensSent(std::uint64_t tokens, LongTextRule rule, std::uint64_t max_text_tokens);

/// The shape of that part. By the start weights, so that the answer does not change in a run.
TextShape ShapeSent(const TextShape& shape, LongTextRule rule, std::uint64_t max_text_tokens);

}  // namespace reembed
