#pragma once

#include <cstdint>
#include <string_view>

#include "reembed/base/error.h"
#include "reembed/core/token_estimate.h"

namespace reembed {

/// At most so many requests are made for one text to find the length that fits.
inline constexpr int kRequestsForLongText = 6;

/// The whole text when it is estimated to hold at most `max_tokens` (0: no known limit), else its
/// beginning of that many, cut between two characters.
std::string_view CutToEstimate(std::string_view text, std::uint64_t max_tokens,
                               const TokenEstimate& estimate);

/// The beginning to send after the whole was refused: by the server's own ratio of `limit` to
/// `actual`, less two percent, where it states both; else half. May be empty.
std::string_view CutAfterRefusal(std::string_view text, const Error& error);

/// So far above the limit that no error of the estimate explains it.
bool SurelyTooLong(std::string_view text, std::uint64_t max_tokens, const TokenEstimate& estimate);

}  // namespace reembed
