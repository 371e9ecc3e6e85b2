#include "reembed/core/vectors.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace reembed {
namespace {

static_assert(std::endian::native == std::endian::little, "base64 vectors are little-endian");

// The one float32 whose shortest text, read as a double and cast to float, gives its neighbour
// (double rounding); nine digits are exact for every float32.
constexpr float kDoublyRounded = 7.038531e-26F;

void AppendNumber(std::string& out, float value) {
  if (value == 0.0F && std::signbit(value)) {
    out += "-0.0";  // `-0` is the integer 0 to a JSON reader
  } else if (std::fabs(value) == kDoublyRounded) {
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("{:.9g}"), value);
  } else {
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}"), value);
  }
}

constexpr std::uint8_t kInvalid = 0xFF;

constexpr std::array<std::uint8_t, 256> MakeBase64Table() {
  std::array<std::uint8_t, 256> table{};
  table.fill(kInvalid);
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}
constexpr auto kBase64 = MakeBase64Table();

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
  bool all_zero = true;
  for (const float x : vector) {
    if (!std::isfinite(x)) {
      return Error{.message =
                       "the provider answered a vector with a component that is not a "
                       "finite float32"};
    }
    all_zero = all_zero && x == 0.0F;
  }
  if (all_zero) return Error{.message = "the provider answered a vector of zeros"};
  return {};
}

void AppendVectorJson(std::string& out, std::span<const float> vector) {
  out += '[';
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (i != 0) out += ',';
    AppendNumber(out, vector[i]);
  }
  out += ']';
}

bool DecodeBase64Floats(std::string_view text, Embedding& out) {
  if (text.size() % 4 != 0) return false;
  const std::string_view digits = WithoutPadding(text);
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : digits) {
    const std::uint8_t value = kBase64[static_cast<unsigned char>(c)];
    if (value == kInvalid) return false;
    bits = (bits << 6U) | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
  }
  if (bytes.size() % sizeof(float) != 0) return false;
  out.resize(bytes.size() / sizeof(float));
  std::memcpy(out.data(), bytes.data(), bytes.size());
  return true;
}

}  // namespace reembed
