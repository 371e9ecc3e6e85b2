#include "reembed/core/token_estimate.h"

#include <algorithm>
#include <cmath>

namespace reembed {
namespace {

// The counts of a few bytes side by side in one number, eight bits each by TextClass: adding up
// numbers in a register is several times faster than eight counters in memory.
constexpr unsigned kFieldBits = 8;
constexpr std::size_t kBytesToOverflow = 255;  // no byte adds more than one to a field

constexpr std::uint64_t One(TextClass kind) {
  return std::uint64_t{1} << (kFieldBits * static_cast<unsigned>(kind));
}

constexpr std::uint64_t kLetter = One(TextClass::kLetter);
constexpr unsigned kFromLetterToWord = kFieldBits * (static_cast<unsigned>(TextClass::kWord) -
                                                     static_cast<unsigned>(TextClass::kLetter));

// The first bytes of a character that decide its class only together with the second byte.
constexpr unsigned char kBeforeCjk = 0xE2;  // U+2000 … U+2FFF: CJK from U+2E80 on
constexpr unsigned char kAfterCjk = 0xEF;   // U+F000 … U+FFFF: CJK up to U+FAFF
constexpr unsigned char kFirstInE2 = 0xBA;
constexpr unsigned char kEndInEf = 0xAC;

constexpr std::uint64_t EntryOf(unsigned byte) {
  const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  if (letter) return One(TextClass::kLetter);
  if (byte >= '0' && byte <= '9') return One(TextClass::kDigit);
  if (byte <= ' ') return One(TextClass::kSpace);
  if (byte < 0x80) return One(TextClass::kPunctuation);
  if (byte < 0xC0) return 0;  // goes on with a character
  if (byte >= 0xC2 && byte < 0xE0) return One(TextClass::kTwoBytes);
  return byte > kBeforeCjk && byte < kAfterCjk ? One(TextClass::kCjk) : One(TextClass::kOther);
}

constexpr std::array<std::uint64_t, 256> MakeTable() {
  std::array<std::uint64_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) table[byte] = EntryOf(byte);
  return table;
}

constexpr std::array<std::uint64_t, 256> kTable = MakeTable();

std::uint64_t EntryAt(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte != kBeforeCjk && byte != kAfterCjk) return kTable[byte];
  const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
  const bool cjk = byte == kBeforeCjk ? next >= kFirstInE2 : next >= 0x80 && next < kEndInEf;
  return One(cjk ? TextClass::kCjk : TextClass::kOther);
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
  std::uint64_t before = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = at + std::min(kBytesToOverflow, text.size() - at);
    std::uint64_t fields = 0;
    for (; at < end; ++at) {
      const std::uint64_t entry = EntryAt(text, at);
      // A letter after anything else begins a word.
      fields += entry + ((entry & ~before & kLetter) << kFromLetterToWord);
      before = entry;
    }
    for (std::size_t i = 0; i < kTextClasses; ++i) {
      shape.counts[i] += (fields >> (kFieldBits * i)) & 0xFFU;
    }
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
