#include "number_array.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>

#include "shortest_text.h"

namespace reembed {
namespace {

static_assert(std::endian::native == std::endian::little, "digits are read eight at a time");

// Digits of a number may fill 64 bits, no more.
constexpr std::ptrdiff_t kMostDigits = 19;
// A number of so many digits, with sign, point and exponent, ends within so many bytes.
constexpr std::ptrdiff_t kRoom = 48;
constexpr std::uint64_t kExactDigits = std::uint64_t{1} << 53U;

constexpr std::uint64_t kTenToThe[] = {1,       10,        100,        1'000,      10'000,
                                       100'000, 1'000'000, 10'000'000, 100'000'000};

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsBlankChar(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

struct Chunk {
  std::uint64_t digits = 0;  // the values of eight characters
  unsigned count = 0;        // so many of them are digits, up to the first that is none
};

Chunk LoadChunk(const char* at) {
  std::uint64_t text = 0;
  std::memcpy(&text, at, sizeof text);
  const std::uint64_t values = text ^ 0x3030303030303030U;
  // The high bit of each byte that is more than 9; carries reach only later characters.
  const std::uint64_t odd = ((values + 0x7676767676767676U) | values) & 0x8080808080808080U;
  return {values, odd == 0 ? 8U : static_cast<unsigned>(std::countr_zero(odd)) / 8U};
}

// The number that the first `count` (1 to 8) digits spell.
std::uint64_t ValueOf(const Chunk& chunk) {
  std::uint64_t value = chunk.digits << (8 * (8 - chunk.count));  // zeros in front
  value = value * 10 + (value >> 8U);
  constexpr std::uint64_t kPairs = 0x000000FF000000FFU;
  return ((value & kPairs) * 0x000F424000000064U + (value >> 16U & kPairs) * 0x0000271000000001U) >>
         32U;
}

// Takes up to 24 digits; returns where it stops. Above kMostDigits they mean nothing.
const char* TakeDigits(const char* at, std::uint64_t& digits) {
  for (int i = 0; i < 3; ++i) {
    const Chunk chunk = LoadChunk(at);
    if (chunk.count == 0) return at;
    digits = digits * kTenToThe[chunk.count] + ValueOf(chunk);
    at += chunk.count;
    if (chunk.count < 8) return at;
  }
  return at;
}

// Of digits with a point among them: the zeros that add nothing.
std::ptrdiff_t ZerosInFront(const char* at, const char* end) {
  std::ptrdiff_t zeros = 0;
  for (; at != end && (*at == '0' || *at == '.'); ++at) zeros += *at == '0' ? 1 : 0;
  return zeros;
}

// Takes `e-07`; null when it is no small exponent.
const char* TakeExponent(const char* at, int& exponent) {
  ++at;
  const bool negative = *at == '-';
  if (negative || *at == '+') ++at;
  if (!IsDigit(*at)) return nullptr;
  int value = 0;
  for (int i = 0; i < 3 && IsDigit(*at); ++i) value = value * 10 + (*at++ - '0');
  if (IsDigit(*at)) return nullptr;
  exponent += negative ? -value : value;
  return at;
}

// Reads one number that has `kRoom` bytes of room behind it. Null when it is none or a long one.
const char* TakeDecimal(const char* at, Decimal& decimal) {
  // Every other number is negative: a branch would be guessed wrong half of the time.
  decimal.negative = *at == '-';
  at += static_cast<int>(decimal.negative);
  const char* const first = at;
  if (!IsDigit(*at)) return nullptr;
  if (*at == '0') {
    ++at;
  } else {
    // Long integers are for another reader, also because they could use up the room.
    while (IsDigit(*at) && at - first < 8) {
      decimal.digits = decimal.digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
    }
  }
  if (IsDigit(*at)) return nullptr;
  decimal.integer_literal = true;
  std::ptrdiff_t count = at - first;
  if (*at == '.') {
    decimal.integer_literal = false;
    const char* const fraction = ++at;
    at = TakeDigits(at, decimal.digits);
    if (at == fraction) return nullptr;
    count += at - fraction;
    if (count > kMostDigits) count -= ZerosInFront(first, at);
    if (count > kMostDigits) return nullptr;
    decimal.exponent = static_cast<int>(fraction - at);
  }
  if ((*at | 0x20) != 'e') return at;
  decimal.integer_literal = false;
  return TakeExponent(at, decimal.exponent);
}

// Without a branch, as above.
double Signed(double size, bool negative) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(size) ^
                               (std::uint64_t{negative} << 63U));
}

// The double nearest to the decimal, whose text is `token`.
std::optional<double> NearestDouble(const Decimal& decimal, std::string_view token) {
  const int exponent = decimal.exponent;
  const auto digits = static_cast<double>(decimal.digits);
  // Both operands are exact, so the one rounding is the right one.
  if (decimal.digits < kExactDigits && exponent <= 0 && exponent >= -kMostExactPower) {
    return Signed(digits / kExactPowers[-exponent], decimal.negative);
  }
  double number = 0;
  const auto read = std::from_chars(token.data(), token.data() + token.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  return number;
}

class ArrayReader {
 public:
  ArrayReader(std::string_view array, bool asks_shortest, Embedding& out)
      : at_(array.data()),
        end_(array.data() + array.size()),
        out_(out),
        is_shortest_(asks_shortest) {}

  bool Read() {
    if (end_ - at_ < 2 || *at_ != '[') return false;
    ++at_;
    SkipBlanks();
    if (at_ != end_ && *at_ == ']') return at_ + 1 == end_;
    for (;;) {
      if (!TakeNumber()) return false;
      SkipBlanks();
      if (at_ == end_) return false;
      const char c = *at_++;
      if (c == ']') return at_ == end_;
      if (c != ',') return false;
      SkipBlanks();
    }
  }

  bool is_shortest() const { return is_shortest_; }

 private:
  void SkipBlanks() {
    while (at_ != end_ && IsBlankChar(*at_)) ++at_;
  }

  bool TakeNumber() {
    if (end_ - at_ >= kRoom) {
      const char* const behind = TakeFrom(at_);
      if (behind == nullptr) return false;
      at_ = behind;
      return true;
    }
    // Nothing is read behind the end: the last numbers are read from a copy with room.
    char tail[2 * kRoom] = {};
    std::memcpy(tail, at_, static_cast<std::size_t>(end_ - at_));
    const char* const behind = TakeFrom(tail);
    if (behind == nullptr) return false;
    at_ += behind - tail;
    return true;
  }

  const char* TakeFrom(const char* begin) {
    Decimal decimal;
    const char* const behind = TakeDecimal(begin, decimal);
    if (behind == nullptr) return nullptr;
    const std::string_view token(begin, static_cast<std::size_t>(behind - begin));
    const auto number = NearestDouble(decimal, token);
    if (!number || std::fabs(*number) > static_cast<double>(kLargest)) return nullptr;
    const auto nearest = static_cast<float>(*number);
    out_.push_back(nearest);
    if (is_shortest_ && !IsSurelyShortest(decimal, nearest)) is_shortest_ = Same(token, nearest);
    return behind;
  }

  bool Same(std::string_view token, float nearest) {
    spelled_.clear();
    AppendShortest(spelled_, nearest);
    return SameNumber(token, spelled_);
  }

  static constexpr float kLargest = 3.4028234e38F;

  const char* at_;
  const char* end_;
  Embedding& out_;
  bool is_shortest_;  // as far as is known; false: not to be found out any more
  std::string spelled_;
};

}  // namespace

bool ReadNumberArray(std::string_view array, Embedding& out) {
  return ArrayReader(array, /*asks_shortest=*/false, out).Read();
}

bool ReadNumberArray(std::string_view array, Embedding& out, bool& is_shortest) {
  ArrayReader reader(array, /*asks_shortest=*/true, out);
  const bool read = reader.Read();
  is_shortest = read && reader.is_shortest();
  return read;
}

}  // namespace reembed
