#include "src/core/number_text_avx2.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <bit>
#include <cstddef>
#include <cstdint>

#include "src/core/number_text.h"

// As in number_text.cc, of a value rounded to six, seven, eight or nine digits the first that reads
// back is written; here no division is needed to know which does. Let v be the value, 2^-b the
// power of two at or below it (b is 1 to 14), 10^k the power of ten that leaves so many digits
// before the point (k is 6 to 12), and d these digits, rounded. Then:
// - v * 10^k is exact in a double: 24 bits and the 28 of 5^12. So are the differences from d.
// - d / 10^k reads back when it is nearer to v than half a gap of floats, 2^-(b+24). Exactly half
//   is impossible: d * 2^(b+24-k) would be 5^k times an odd number, but is even.
// - That a reader rounds to a double first does no harm: d / 10^k is at least 2^-(b+24) / 5^k away
//   from half-way, and two doubles are 2^-(b+52) apart there, which is less.
// - Below a power of two the gap is half as wide, but none of the 13 powers here has a d so near
//   that it matters: the tests try them all.
// - Nine digits always read back, and never round up to a power of ten: the float nearest to that
//   belongs to the decade above.
namespace reembed {
namespace {

// What belongs to eight values, lane by lane.
struct EightValues {
  __m256 scales;    // 10^k for six digits, with the sign of the value
  __m256 gaps;      // 2^23 gaps, times 10^k: exact, for 5^9 has 21 bits
  __m256i indents;  // bits before the first digit: eight for each character
};

REEMBED_AVX2_INLINE EightValues Prepare(__m256 values) {
  const __m256i bits = _mm256_castps_si256(values);
  const __m256i sign = _mm256_and_si256(bits, _mm256_set1_epi32(std::bit_cast<int>(0x8000'0000)));
  const __m256i size = _mm256_xor_si256(bits, sign);
  const __m256 sizes = _mm256_castsi256_ps(size);
  // Minus the number of limits reached: 0, -1, -2, -3, of which a table sees the last two bits.
  const __m256 one = _mm256_cmp_ps(sizes, _mm256_set1_ps(1e-3F), _CMP_GE_OQ);
  const __m256 two = _mm256_cmp_ps(sizes, _mm256_set1_ps(1e-2F), _CMP_GE_OQ);
  const __m256 three = _mm256_cmp_ps(sizes, _mm256_set1_ps(1e-1F), _CMP_GE_OQ);
  const __m256i decade =
      _mm256_add_epi32(_mm256_add_epi32(_mm256_castps_si256(one), _mm256_castps_si256(two)),
                       _mm256_castps_si256(three));
  const __m256 powers = _mm256_setr_ps(1e9F, 1e6F, 1e7F, 1e8F, 1e9F, 1e6F, 1e7F, 1e8F);
  const __m256 scales = _mm256_permutevar_ps(powers, decade);
  const __m256 prefixes = _mm256_castsi256_ps(_mm256_setr_epi32(40, 16, 24, 32, 40, 16, 24, 32));
  const __m256i prefix = _mm256_castps_si256(_mm256_permutevar_ps(prefixes, decade));
  const __m256i begin = _mm256_and_si256(size, _mm256_set1_epi32(0x7F80'0000));
  return {_mm256_or_ps(scales, _mm256_castsi256_ps(sign)),
          _mm256_mul_ps(_mm256_castsi256_ps(begin), scales),
          _mm256_add_epi32(prefix, _mm256_srli_epi32(sign, 28))};
}

// The value rounded to some digits where that reads back, otherwise `longer`; both times 10^k for
// nine digits, which is `exact` for the value itself.
REEMBED_AVX2_INLINE __m256d Shorter(__m256d product, __m256d to_nine, __m256d exact,
                                    __m256d half_gap, __m256d longer) {
  const __m256d rounded = _mm256_mul_pd(
      _mm256_round_pd(product, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC), to_nine);
  const __m256d distance = _mm256_andnot_pd(_mm256_set1_pd(-0.0), _mm256_sub_pd(rounded, exact));
  return _mm256_blendv_pd(longer, rounded, _mm256_cmp_pd(distance, half_gap, _CMP_LT_OQ));
}

// The nine digits of four values as a number. `scale` and `gap` are for six.
REEMBED_AVX2_INLINE __m256d NineDigits(__m256d value, __m256d scale, __m256d gap) {
  const __m256d half_gap = _mm256_mul_pd(gap, _mm256_set1_pd(1e3 * 0x1p-24));
  const __m256d six = _mm256_mul_pd(value, scale);
  const __m256d seven = _mm256_mul_pd(_mm256_mul_pd(value, _mm256_set1_pd(1e1)), scale);
  const __m256d eight = _mm256_mul_pd(_mm256_mul_pd(value, _mm256_set1_pd(1e2)), scale);
  const __m256d nine = _mm256_mul_pd(_mm256_mul_pd(value, _mm256_set1_pd(1e3)), scale);
  __m256d digits = _mm256_round_pd(nine, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  digits = Shorter(eight, _mm256_set1_pd(1e1), nine, half_gap, digits);
  digits = Shorter(seven, _mm256_set1_pd(1e2), nine, half_gap, digits);
  return Shorter(six, _mm256_set1_pd(1e3), nine, half_gap, digits);
}

// Numbers of eight digits as eight bytes 0 to 9, the first digit in the lowest: halves, pairs,
// digits. With q and r for quotient and remainder, n + q * (2^s - divisor) is q * 2^s + r.
REEMBED_AVX2_INLINE __m256i SplitFour(__m256i number) {
  const __m256i thousands =
      _mm256_srli_epi64(_mm256_mul_epu32(number, _mm256_set1_epi64x(3'518'437'209)), 45);
  const __m256i halves = _mm256_add_epi64(
      number, _mm256_mul_epu32(thousands, _mm256_set1_epi64x((1LL << 32U) - 10'000)));
  const __m256i hundreds =
      _mm256_srli_epi16(_mm256_mulhi_epu16(halves, _mm256_set1_epi16(5'243)), 3);
  const __m256i pairs =
      _mm256_add_epi32(halves, _mm256_mullo_epi32(hundreds, _mm256_set1_epi32((1 << 16U) - 100)));
  const __m256i tens = _mm256_mulhi_epu16(pairs, _mm256_set1_epi16(6'554));
  const __m256i digits =
      _mm256_add_epi16(pairs, _mm256_maddubs_epi16(_mm256_set1_epi16((1 << 8U) - 10), tens));
  return _mm256_shuffle_epi8(
      digits, _mm256_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
                               2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
}

// The texts of four values, 16 bytes each, filled up with zeros: the first and the third, the
// second and the fourth. The longest is `-0.000123456789`.
struct FourTexts {
  __m256i odd;
  __m256i even;
};

// Characters from left to right are bytes from the lowest on.
constexpr long long kPositive = 0x3030'3030'3030'2E30;  // 0.000000
constexpr long long kNegative = 0x3030'3030'302E'302D;  // -0.00000
constexpr long long kAllZeros = 0x3030'3030'3030'3030;

REEMBED_AVX2_INLINE FourTexts TextsOf(__m256d value, __m256d nine_digits, __m256i indent) {
  // Adding 2^52 leaves the number in the low half. What it sets besides, in the highest twelve
  // bits, no multiplication reads, and the last shift drops it.
  const __m256i number = _mm256_castpd_si256(_mm256_add_pd(nine_digits, _mm256_set1_pd(0x1p52)));
  const __m256i eight =
      _mm256_srli_epi64(_mm256_mul_epu32(number, _mm256_set1_epi64x(0xCCCC'CCCD)), 35);
  const __m256i ninth = _mm256_sub_epi64(number, _mm256_mul_epu32(eight, _mm256_set1_epi64x(10)));
  const __m256i digits = SplitFour(eight);
  const __m256i empty = _mm256_castpd_si256(
      _mm256_blendv_pd(_mm256_castsi256_pd(_mm256_set1_epi64x(kPositive)),
                       _mm256_castsi256_pd(_mm256_set1_epi64x(kNegative)), value));
  const __m256i left = _mm256_add_epi64(empty, _mm256_sllv_epi64(digits, indent));
  const __m256i rest =
      _mm256_or_si256(_mm256_srlv_epi64(digits, _mm256_sub_epi64(_mm256_set1_epi64x(64), indent)),
                      _mm256_sllv_epi64(ninth, indent));
  const __m256i right = _mm256_add_epi64(_mm256_set1_epi64x(kAllZeros), rest);
  return {_mm256_unpacklo_epi64(left, right), _mm256_unpackhi_epi64(left, right)};
}

// A bit for each character above `0`: sign and point are below.
REEMBED_AVX2_INLINE std::uint32_t DigitMask(__m256i texts) {
  const __m256i above = _mm256_cmpgt_epi8(texts, _mm256_set1_epi8('0'));
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(above));
}

// The position of the highest bit. Never zero here, for each text has a digit: std::countl_zero
// would test for that with a branch.
REEMBED_AVX2_INLINE std::uint32_t HighestBit(std::uint32_t mask) {
  return static_cast<std::uint32_t>(__builtin_clz(mask)) ^ 31U;
}

// The text up to the character `last`, and a comma.
REEMBED_AVX2_INLINE char* StoreText(char* out, __m128i text, std::size_t last) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), text);
  out[last + 1] = ',';
  return out + last + 2;
}

REEMBED_AVX2_INLINE char* StoreTexts(char* out, const FourTexts& texts) {
  const std::uint32_t odd = DigitMask(texts.odd);
  const std::uint32_t even = DigitMask(texts.even);
  out = StoreText(out, _mm256_castsi256_si128(texts.odd), HighestBit(odd & 0xFFFFU));
  out = StoreText(out, _mm256_castsi256_si128(texts.even), HighestBit(even & 0xFFFFU));
  out = StoreText(out, _mm256_extracti128_si256(texts.odd, 1), HighestBit(odd) - 16);
  return StoreText(out, _mm256_extracti128_si256(texts.even, 1), HighestBit(even) - 16);
}

// The halves take turns, for the steps of one wait for each other.
REEMBED_AVX2_INLINE char* WriteEight(char* out, __m256 values) {
  const EightValues all = Prepare(values);
  const __m256d low = _mm256_cvtps_pd(_mm256_castps256_ps128(values));
  const __m256d high = _mm256_cvtps_pd(_mm256_extractf128_ps(values, 1));
  const __m256d low_digits = NineDigits(low, _mm256_cvtps_pd(_mm256_castps256_ps128(all.scales)),
                                        _mm256_cvtps_pd(_mm256_castps256_ps128(all.gaps)));
  const __m256d high_digits =
      NineDigits(high, _mm256_cvtps_pd(_mm256_extractf128_ps(all.scales, 1)),
                 _mm256_cvtps_pd(_mm256_extractf128_ps(all.gaps, 1)));
  const FourTexts low_texts =
      TextsOf(low, low_digits, _mm256_cvtepu32_epi64(_mm256_castsi256_si128(all.indents)));
  const FourTexts high_texts =
      TextsOf(high, high_digits, _mm256_cvtepu32_epi64(_mm256_extracti128_si256(all.indents, 1)));
  out = StoreTexts(out, low_texts);
  return StoreTexts(out, high_texts);
}

// A bit for each value that is below 1e-4, 1 or more: the sign of a difference. Sizes compare like
// the integers of their bits.
REEMBED_AVX2_INLINE std::uint32_t OutsideMask(__m256 values) {
  const __m256i size =
      _mm256_and_si256(_mm256_castps_si256(values), _mm256_set1_epi32(0x7FFF'FFFF));
  const __m256i low = _mm256_set1_epi32(std::bit_cast<int>(1e-4F));
  const __m256i high = _mm256_set1_epi32(std::bit_cast<int>(1.0F) - 1);
  const __m256i outside =
      _mm256_or_si256(_mm256_sub_epi32(size, low), _mm256_sub_epi32(high, size));
  return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(outside)));
}

}  // namespace

char* WriteFloatsAvx2(char* out, std::span<const float> values) {
  while (values.size() >= 8) {
    const __m256 eight = _mm256_loadu_ps(values.data());
    const std::uint32_t outside = OutsideMask(eight);
    if (outside == 0) {
      out = WriteEight(out, eight);
      values = values.subspan(8);
    } else {
      const auto plain = static_cast<std::size_t>(std::countr_zero(outside)) + 1;
      out = WriteFloatsPlain(out, values.first(plain));
      values = values.subspan(plain);
    }
  }
  return WriteFloatsPlain(out, values);
}

}  // namespace reembed

#endif
