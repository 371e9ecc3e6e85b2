#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "reembed/base/error.h"
#include "reembed/core/token_estimate.h"

namespace reembed {

/// At most so many requests are made for one text to find the length that fits.
inline constexpr int kRequestsForLongText = 6;

/// The whole text when it is estimated to hold at most `max_tokens` (0: no known limit), else its
/// beginning of that many, cut between two characters. A text of no more bytes than that is never
/// cut: it cannot hold more tokens.
std::string_view CutToEstimate(std::string_view text, std::uint64_t max_tokens,
                               const TokenEstimate& estimate);

/// The beginning to send after the whole was refused: by the server's own ratio of `limit` to
/// `actual`, less two percent, where it states both; else half. May be empty.
std::string_view CutAfterRefusal(std::string_view text, const Error& error);

/// A text in parts of at most `max_tokens` each (0: no known limit), less a margin for the error of
/// the estimate: the text itself when it fits, else cut after line ends, else after words, else
/// between characters. The parts are the text when put together, but for blank ones, which are
/// left out. Empty when a single character is too much.
std::vector<std::string_view> SplitToEstimate(std::string_view text, std::uint64_t max_tokens,
                                              const TokenEstimate& estimate);

/// Smaller parts of a part that was refused, each of the size that CutAfterRefusal would send; cut
/// as above. Empty when it cannot be cut.
std::vector<std::string_view> SplitAfterRefusal(std::string_view text, const Error& error);

/// So far above the limit that no error of the estimate explains it.
bool SurelyTooLong(const TextShape& shape, std::uint64_t max_tokens, const TokenEstimate& estimate);

}  // namespace reembed
