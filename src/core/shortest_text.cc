#include "shortest_text.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <iterator>

#include "json_number.h"

namespace reembed {
namespace {

// The one float32 whose shortest text, read as a double and cast to float, gives its neighbour
// (double rounding); nine digits are exact for every float32.
constexpr float kDoublyRounded = 7.038531e-26F;

// Far more than the arithmetic below can be wrong: a few units of 2^-53 of at most 1e9.
constexpr double kDoubt = 1e-6;

// Whether no decimal that is as short or shorter lies nearer to the float32 or gives it too. All
// in units of the decimal's last digit, which is not zero.
bool IsShortestByDistance(std::uint64_t digits, double scale, std::uint32_t bits) {
  const auto exponent = static_cast<std::uint64_t>(bits >> 23U & 0xFFU);
  // Up to here on both sides every decimal gives this float32: half a step to its neighbours.
  const double reach = std::bit_cast<double>((exponent + 1023 - 127 - 24) << 52U) * scale;
  const double number = static_cast<double>(std::bit_cast<float>(bits & 0x7FFFFFFFU));
  const double off = number * scale - static_cast<double>(digits);
  const auto last = static_cast<double>(digits % 10);
  const bool nearest = std::fabs(off) < 0.5 - kDoubt && std::fabs(off) < reach - kDoubt;
  const bool none_shorter = off + last > reach + kDoubt && 10.0 - last - off > reach + kDoubt;
  return nearest && none_shorter;
}

// All large ones are. std::trunc would be a call.
bool IsWhole(float number) {
  constexpr float kAllWhole = 0x1p24F;
  if (std::fabs(number) >= kAllWhole) return true;
  return static_cast<float>(static_cast<std::int32_t>(number)) == number;
}

}  // namespace

void AppendShortest(std::string& out, float number) {
  if (number == 0.0F && std::signbit(number)) {
    out += "-0.0";  // `-0` is the integer 0 to a JSON reader
  } else if (std::fabs(number) == kDoublyRounded) {
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("{:.9g}"), number);
  } else {
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}"), number);
  }
}

void AppendShortest(std::string& out, std::span<const float> numbers) {
  out += '[';
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i != 0) out += ',';
    AppendShortest(out, numbers[i]);
  }
  out += ']';
}

bool SameNumber(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (IsIntegerLiteral(a) || IsIntegerLiteral(b)) return false;
  const auto number = ParseJsonNumber(a);
  const auto other = ParseJsonNumber(b);
  return number && other &&
         std::bit_cast<std::uint64_t>(*number) == std::bit_cast<std::uint64_t>(*other);
}

bool IsSurelyShortest(const Decimal& decimal, float nearest) {
  std::uint64_t digits = decimal.digits;
  // Float32 keeps any six digits apart, so no other text of six is as near.
  if (decimal.integer_literal) return digits < 1'000'000 && (digits != 0 || !decimal.negative);
  if (digits == 0) return decimal.negative;
  int exponent = decimal.exponent;
  // A whole number is spelled as an integer, which this decimal is not.
  if (exponent < -kMostExactPower || exponent >= 0 || IsWhole(nearest)) return false;
  if (digits < 1'000'000) return true;
  for (; digits % 10 == 0 && exponent < -1; ++exponent) digits /= 10;
  if (digits < 1'000'000) return true;
  const auto bits = std::bit_cast<std::uint32_t>(nearest);
  // At a power of two the neighbours are not equally far; nine digits are the most that it takes.
  if (digits >= 1'000'000'000 || (bits & 0x7FFFFFU) == 0 || digits % 10 == 0) return false;
  return IsShortestByDistance(digits, kExactPowers[-exponent], bits);
}

}  // namespace reembed
