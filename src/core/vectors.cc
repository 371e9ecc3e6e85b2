#include "reembed/core/vectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "src/core/base64_floats.h"
#include "src/core/number_array.h"
#include "src/core/number_text.h"

namespace reembed {
namespace {

static_assert(std::endian::native == std::endian::little, "base64 vectors are little-endian");

constexpr std::uint32_t kExponent = 0x7F80'0000;  // all ones: infinite or not a number
constexpr std::uint32_t kLowestExponentBit = 0x0080'0000;
constexpr std::uint32_t kSign = 0x8000'0000;

struct Findings {
  std::uint32_t overflow = 0;  ///< has the sign bit when an exponent was all ones
  std::uint32_t bits = 0;      ///< all bits that were set
};

// Without branches and in blocks of a known size, so that the compiler uses vector instructions.
void Examine(const float* components, std::size_t count, Findings& findings) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(components[i]);
    findings.overflow |= (bits & kExponent) + kLowestExponentBit;
    findings.bits |= bits;
  }
}

Findings ExamineAll(std::span<const float> vector) {
  constexpr std::size_t kBlock = 32;
  Findings findings;
  for (; vector.size() >= kBlock; vector = vector.subspan(kBlock)) {
    Examine(vector.data(), kBlock, findings);
  }
  Examine(vector.data(), vector.size(), findings);
  return findings;
}

// Digits that are decoded in one go, to be appended to a vector that was not filled with zeros
// first; so many make whole floats.
constexpr std::size_t kBlockDigits = 1024;

bool AppendBlock(std::string_view digits, Embedding& out) {
  std::array<float, (kBlockDigits * 6 / 8 + kBase64Spare) / sizeof(float)> block;
  if (!DecodeBase64(digits, reinterpret_cast<unsigned char*>(block.data()))) return false;
  const auto count = static_cast<std::ptrdiff_t>(digits.size() * 6 / 8 / sizeof(float));
  out.insert(out.end(), block.begin(), block.begin() + count);
  return true;
}

std::string_view WithoutPadding(std::string_view text) {
  if (text.ends_with("==")) return text.substr(0, text.size() - 2);
  if (text.ends_with('=')) return text.substr(0, text.size() - 1);
  return text;
}

}  // namespace

void Normalize(Embedding& vector) {
  double squares = 0;
  for (const float x : vector) squares += static_cast<double>(x) * static_cast<double>(x);
  if (squares <= 0) return;
  const double length = std::sqrt(squares);
  for (float& x : vector) x = static_cast<float>(static_cast<double>(x) / length);
}

Status CheckVector(std::span<const float> vector, std::size_t dimensions) {
  if (dimensions != 0 && vector.size() != dimensions) {
    return Error{.kind = ErrorKind::kWrongLength,
                 .message = fmt::format("the provider answered vectors of {} components, {} were "
                                        "expected",
                                        vector.size(), dimensions),
                 .limit = dimensions,
                 .actual = vector.size()};
  }
  const Findings findings = ExamineAll(vector);
  if ((findings.overflow & kSign) != 0) {
    return Error{.message =
                     "the provider answered a vector with a component that is not a "
                     "finite float32"};
  }
  const bool all_zero = (findings.bits & ~kSign) == 0;
  if (all_zero) return Error{.message = "the provider answered a vector of zeros"};
  return {};
}

void AppendVectorJson(std::string& out, std::span<const float> vector) {
  // Blocks of numbers are written here and appended in one piece: a string that was made longer
  // first would be filled with zeros.
  constexpr std::size_t kBlock = 64;
  std::array<char, kBlock * kFloatRoom> block;
  out += '[';
  while (!vector.empty()) {
    const auto numbers = vector.first(std::min(kBlock, vector.size()));
    vector = vector.subspan(numbers.size());
    const char* end = WriteFloats(block.data(), numbers);
    if (vector.empty()) --end;
    out.append(block.data(), static_cast<std::size_t>(end - block.data()));
  }
  out += ']';
}

bool ParseVectorJson(std::string_view array, Embedding& out) {
  out.clear();
  return ReadNumberArray(array, out);
}

bool DecodeBase64Floats(std::string_view text, Embedding& out) {
  if (text.size() % 4 != 0) return false;
  const std::string_view digits = WithoutPadding(text);
  const std::size_t bytes = digits.size() * 6 / 8;
  if (bytes % sizeof(float) != 0) return false;
  out.clear();
  out.reserve(bytes / sizeof(float));
  for (std::size_t at = 0; at < digits.size(); at += kBlockDigits) {
    if (!AppendBlock(digits.substr(at, kBlockDigits), out)) return false;
  }
  return true;
}

}  // namespace reembed
