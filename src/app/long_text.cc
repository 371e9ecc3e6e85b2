#include "long_text.h"

namespace reembed {
namespace {

std::uint64_t Part(std::uint64_t whole, double part) {
  return static_cast<std::uint64_t>(static_cast<double>(whole) * part);
}

}  // namespace

std::uint64_t TokensSent(std::uint64_t tokens, LongTextRule rule, std::uint64_t max_text_tokens) {
  if (max_text_tokens == 0 || tokens <= max_text_tokens) return tokens;
  switch (rule) {
    case LongTextRule::kTruncate:
      return max_text_tokens;
    case LongTextRule::kFail:
      return 0;
    case LongTextRule::kAverage:
      break;
  }
  return tokens;
}

TextShape ShapeSent(const TextShape& shape, LongTextRule rule, std::uint64_t max_text_tokens) {
  const std::uint64_t tokens = TokenEstimate{}.TokensIn(shape);
  const std::uint64_t left = TokensSent(tokens, rule, max_text_tokens);
  if (left == tokens) return shape;
  if (left == 0) return {};
  const double part = static_cast<double>(left) / static_cast<double>(tokens);
  TextShape sent{.texts = shape.texts, .bytes = Part(shape.bytes, part)};
  for (std::size_t i = 0; i < kTextClasses; ++i) sent.counts[i] = Part(shape.counts[i], part);
  return sent;
}

}  // namespace reembed
