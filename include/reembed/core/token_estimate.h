#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reembed {

/// Kinds of characters that tokenizers treat alike.
enum class TextClass : std::uint8_t {
  kLetter,       ///< ASCII letters
  kWord,         ///< beginnings of runs of ASCII letters
  kDigit,        ///< ASCII digits
  kSpace,        ///< blanks, tabs and line ends
  kPunctuation,  ///< all other ASCII
  kTwoBytes,     ///< Latin with accents, Greek, Cyrillic, Arabic, …
  kCjk,          ///< Chinese, Japanese, Korean
  kOther,        ///< everything else: symbols, emoji, other scripts
};
inline constexpr std::size_t kTextClasses = 8;

/// How much of each class a text holds. Shapes add up, so that a whole collection is estimated
/// without keeping its texts; the parts of a text too, if no cut goes through a word (each cut
/// that does begins one word more).
struct TextShape {
  std::array<std::uint64_t, kTextClasses> counts{};  ///< by TextClass; characters, or words
  std::uint64_t texts = 0;
  std::uint64_t bytes = 0;

  TextShape& operator+=(const TextShape& other);
};

/// One pass over the bytes, about a nanosecond each. Any bytes are accepted; those that are no
/// UTF-8 count for something, nothing more is promised.
TextShape ShapeOf(std::string_view text);

/// How many tokens a shape makes, as a snapshot: a weight for each class. The start weights suit
/// the vocabularies of the large vendors: English prose comes to about 4.4 bytes a token, source
/// code to 3.1, Chinese to 0.9 tokens a character. What the provider bills corrects them (see
/// Estimator in the resilience layer).
struct TokenEstimate {
  std::array<double, kTextClasses> weights = kStartWeights;

  static constexpr std::array<double, kTextClasses> kStartWeights = {0.1,  0.6,  0.45, 0.15,
                                                                     0.85, 0.55, 0.9,  1.2};

  /// At least one token for each text, at most one for each byte (byte-level vocabularies have no
  /// token shorter than a byte).
  std::uint64_t TokensIn(const TextShape& shape) const;
  std::uint64_t TokensIn(std::string_view text) const { return TokensIn(ShapeOf(text)); }
};

}  // namespace reembed
