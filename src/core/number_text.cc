#include "src/core/number_text.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "src/core/number_text_avx2.h"

// Nearly every component of an embedding lies between 1e-4 and 1. There the digits are found by
// arithmetic on doubles that is exact where it must be: a number of at most nine digits divided by
// a power of ten up to 10^22 is rounded once, which is what a reader of its text gets (both
// operands are exact doubles). So whether a text reads back is not proven but tried.
namespace reembed {
namespace {

static_assert(std::endian::native == std::endian::little, "digits are stored eight at a time");

constexpr float kSmallest =
    1e-4F;  // below, and from kTooLarge on, shorter with an exponent or rare
constexpr float kTooLarge = 1e5F;
constexpr int kLowestDecade = -4;

constexpr std::array<double, 13> kPowers = {1e0, 1e1, 1e2, 1e3,  1e4,  1e5, 1e6,
                                            1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
// The floats nearest to 10^-4 … 10^5: the rounded value itself is the first of its decade, although
// it may lie a little below the power.
constexpr std::array<float, 10> kDecades = {1e-4F, 1e-3F, 1e-2F, 1e-1F, 1e0F,
                                            1e1F,  1e2F,  1e3F,  1e4F,  1e5F};

// For each binade from 2^-14 on, the decade (counted from kLowestDecade) of its first float.
constexpr int kLowestBinade = -14;
constexpr auto MakeFirstDecades() {
  std::array<std::uint8_t, 32> decades{};
  double begin = 0x1p-14;
  for (std::uint8_t& decade : decades) {
    while (decade + 2U < kDecades.size() && begin >= static_cast<double>(kDecades[decade + 1U])) {
      ++decade;
    }
    begin *= 2;
  }
  return decades;
}
constexpr auto kFirstDecades = MakeFirstDecades();

std::size_t DecadeOf(float value) {
  const auto exponent = (std::bit_cast<std::uint32_t>(value) >> 23U) & 0xFFU;
  const std::size_t first = kFirstDecades[exponent - (127 + kLowestBinade)];
  return first + (value >= kDecades[first + 1] ? 1U : 0U);
}

constexpr std::array<std::uint32_t, 4> kToNineDigits = {1000, 100, 10, 1};

// Eight decimal digits as eight bytes 0 to 9, the first digit in the lowest: halves, pairs, digits.
std::uint64_t SplitDigits(std::uint32_t number) {
  const std::uint64_t halves = (number / 10'000) | (std::uint64_t{number % 10'000} << 32U);
  const std::uint64_t hundreds = ((halves * 10'486) >> 20U) & 0x0000'007F'0000'007FU;
  const std::uint64_t pairs = hundreds | ((halves - 100 * hundreds) << 16U);
  const std::uint64_t tens = ((pairs * 103) >> 10U) & 0x000F'000F'000F'000FU;
  return tens | ((pairs - 10 * tens) << 8U);
}

// Nine digits in text, and how many are left without the zeros at the end.
struct DigitText {
  char first;
  std::uint64_t others;
  std::size_t significant;
};

DigitText TextOf(std::uint32_t digits) {
  const std::uint64_t others = SplitDigits(digits % 100'000'000);
  const auto zeros = static_cast<std::size_t>(std::countl_zero(others)) / 8;
  return {static_cast<char>('0' + digits / 100'000'000), others | 0x3030'3030'3030'3030U,
          9 - zeros};
}

constexpr std::array<char, 8> kZeros = {'0', '.', '0', '0', '0', '0', '0', '0'};

// The value is below 1: `0.`, zeros, digits.
char* WriteFraction(char* out, const DigitText& text, std::size_t decade) {
  std::memcpy(out, kZeros.data(), kZeros.size());
  out += 1 - kLowestDecade - static_cast<int>(decade);
  *out = text.first;
  std::memcpy(out + 1, &text.others, 8);
  return out + text.significant;
}

// The value is 1 or more: the point stands among the digits, or is left out.
char* WriteMixed(char* out, const DigitText& text, std::size_t whole) {
  std::array<char, 9> digits{};
  digits[0] = text.first;
  std::memcpy(&digits[1], &text.others, 8);
  std::memcpy(out, digits.data(), whole);
  out += whole;
  if (text.significant <= whole) return out;
  *out++ = '.';
  std::memcpy(out, &digits[whole], text.significant - whole);
  return out + (text.significant - whole);
}

// The one float32 whose shortest text, read as a double and cast to float, gives its neighbour
// (double rounding); nine digits are exact for every float32.
constexpr float kDoublyRounded = 7.038531e-26F;

char* WriteAny(char* out, float value) {
  if (value == 0.0F && std::signbit(value)) return fmt::format_to(out, FMT_COMPILE("-0.0"));
  if (std::fabs(value) == kDoublyRounded) return fmt::format_to(out, FMT_COMPILE("{:.9g}"), value);
  return fmt::format_to(out, FMT_COMPILE("{}"), value);
}

[[maybe_unused]] std::uint32_t FindDigitsPlain(float value, const double* scales) {
  for (std::size_t i = 0; i < kToNineDigits.size(); ++i) {
    const auto digits =
        static_cast<std::uint32_t>(std::lrint(static_cast<double>(value) * scales[i]));
    const auto back = static_cast<float>(static_cast<double>(digits) / scales[i]);
    if (back == value) return digits * kToNineDigits[i];
  }
  return 0;
}

#if defined(__SSE2__)
inline std::uint32_t FindDigits(float value, const double* scales) {
  // All four at once, because a branch on each would be guessed wrong too often.
  const __m128d wide = _mm_set1_pd(static_cast<double>(value));
  const __m128d low = _mm_loadu_pd(scales);
  const __m128d high = _mm_loadu_pd(scales + 2);
  const __m128i low_digits = _mm_cvtpd_epi32(_mm_mul_pd(wide, low));
  const __m128i high_digits = _mm_cvtpd_epi32(_mm_mul_pd(wide, high));
  const __m128 low_back = _mm_cvtpd_ps(_mm_div_pd(_mm_cvtepi32_pd(low_digits), low));
  const __m128 high_back = _mm_cvtpd_ps(_mm_div_pd(_mm_cvtepi32_pd(high_digits), high));
  const __m128 back = _mm_movelh_ps(low_back, high_back);
  const int exact = _mm_movemask_ps(_mm_cmpeq_ps(back, _mm_set1_ps(value)));
  if (exact == 0) return 0;
  alignas(16) std::array<std::uint32_t, 4> digits;
  _mm_store_si128(reinterpret_cast<__m128i*>(digits.data()),
                  _mm_unpacklo_epi64(low_digits, high_digits));
  const auto best = static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(exact)));
  return digits[best] * kToNineDigits[best];
}
#else
inline std::uint32_t FindDigits(float value, const double* scales) {
  return FindDigitsPlain(value, scales);
}
#endif

inline char* WriteFloat(char* out, float value) {
  const float size = std::fabs(value);
  if (!(size >= kSmallest && size < kTooLarge)) return WriteAny(out, value);
  const std::size_t decade = DecadeOf(size);
  // A number of the lowest decade, 0.000d, has its sixth digit nine places behind the point.
  const std::size_t places = static_cast<std::size_t>(5 - kLowestDecade) - decade;
  const std::uint32_t digits = FindDigits(size, &kPowers[places]);
  if (digits == 0) return WriteAny(out, value);
  *out = '-';
  out += std::signbit(value) ? 1 : 0;
  const DigitText text = TextOf(digits);
  constexpr auto kOnes = static_cast<std::size_t>(-kLowestDecade);
  return decade < kOnes ? WriteFraction(out, text, decade)
                        : WriteMixed(out, text, decade - kOnes + 1);
}

}  // namespace

char* WriteFloatsPlain(char* out, std::span<const float> values) {
  for (const float value : values) {
    out = WriteFloat(out, value);
    *out++ = ',';
  }
  return out;
}

char* WriteFloats(char* out, std::span<const float> values) {
#if defined(__x86_64__)
  if (HasAvx2()) return WriteFloatsAvx2(out, values);
#endif
  return WriteFloatsPlain(out, values);
}

std::uint32_t ShortDigits(float value, const double* scales) {
  return FindDigits(value, scales);
}

std::uint32_t ShortDigitsPlain(float value, const double* scales) {
  return FindDigitsPlain(value, scales);
}

}  // namespace reembed
