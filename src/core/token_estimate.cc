#include "reembed/core/token_estimate.h"

#include <algorithm>
#include <cmath>

namespace reembed {
namespace {

constexpr std::uint32_t kFirstCjk = 0x2E80;
constexpr std::uint32_t kFirstAfterCjk = 0xFB00;  // of the basic plane

constexpr bool IsLetter(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The class of the character that begins with `lead`; a stray byte counts as a symbol.
TextClass ClassOf(std::string_view rest) {
  const auto lead = static_cast<unsigned char>(rest.front());
  if (lead < 0x80) {
    if (IsLetter(lead)) return TextClass::kLetter;
    if (lead >= '0' && lead <= '9') return TextClass::kDigit;
    return lead <= ' ' ? TextClass::kSpace : TextClass::kPunctuation;
  }
  if (lead >= 0xC2 && lead < 0xE0) return TextClass::kTwoBytes;
  if (lead < 0xE0 || lead >= 0xF0 || rest.size() < 3) return TextClass::kOther;
  const auto bits = [&](std::size_t i) { return static_cast<std::uint32_t>(rest[i]) & 0x3FU; };
  const std::uint32_t code = ((lead & 0x0FU) << 12U) | (bits(1) << 6U) | bits(2);
  return code >= kFirstCjk && code < kFirstAfterCjk ? TextClass::kCjk : TextClass::kOther;
}

constexpr bool Continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

TextShape& TextShape::operator+=(const TextShape& other) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  texts += other.texts;
  bytes += other.bytes;
  return *this;
}

TextShape ShapeOf(std::string_view text) {
  TextShape shape{.texts = 1, .bytes = text.size()};
  bool in_word = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (Continues(text[i])) continue;
    const TextClass kind = ClassOf(text.substr(i));
    ++shape.counts[static_cast<std::size_t>(kind)];
    const bool letter = kind == TextClass::kLetter;
    if (letter && !in_word) ++shape.counts[static_cast<std::size_t>(TextClass::kWord)];
    in_word = letter;
  }
  return shape;
}

std::uint64_t TokenEstimate::TokensIn(const TextShape& shape) const {
  double tokens = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    tokens += weights[i] * static_cast<double>(shape.counts[i]);
  }
  const auto whole = static_cast<std::uint64_t>(std::ceil(std::max(tokens, 0.0)));
  const std::uint64_t fewest = std::min(shape.texts, shape.bytes);
  return std::clamp(whole, fewest, std::max(fewest, shape.bytes));
}

}  // namespace reembed
