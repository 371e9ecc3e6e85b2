#include "src/core/base64_floats.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <array>
#include <cstdint>

#include "src/core/avx2.h"

namespace reembed {
namespace {

constexpr std::uint8_t kInvalid = 0xFF;

constexpr std::array<std::uint8_t, 256> MakeTable() {
  std::array<std::uint8_t, 256> table{};
  table.fill(kInvalid);
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}
constexpr auto kTable = MakeTable();

std::uint32_t ValueOf(char digit) {
  return kTable[static_cast<unsigned char>(digit)];
}

// The last two or three digits, of which the bits beyond whole bytes are dropped.
bool DecodeRest(std::string_view digits, unsigned char* out) {
  if (digits.empty()) return true;
  if (digits.size() == 1) return false;
  const std::uint32_t a = ValueOf(digits[0]);
  const std::uint32_t b = ValueOf(digits[1]);
  const std::uint32_t c = digits.size() == 3 ? ValueOf(digits[2]) : 0;
  *out = static_cast<unsigned char>((a << 2U) | (b >> 4U));
  if (digits.size() == 3) out[1] = static_cast<unsigned char>((b << 4U) | (c >> 2U));
  return a != kInvalid && b != kInvalid && c != kInvalid;
}

#if defined(__x86_64__)

// 32 digits become 24 bytes at a time; returns the digits that were decoded, a multiple of 32, and
// stops at a block that holds anything else. The bytes are stored 32 at a time, eight too many:
// kBase64Spare. Method: Muła and Lemire, "Faster Base64 Encoding and Decoding
// Using AVX2 Instructions", https://arxiv.org/abs/1704.00605.
REEMBED_AVX2 std::size_t DecodeBlocks(std::string_view digits, unsigned char* out) {
  // By the low and by the high half of a character: a common bit means that it is no digit.
  const __m256i low_classes =
      _mm256_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B,
                       0x1B, 0x1B, 0x1A, 0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
                       0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A);
  const __m256i high_classes =
      _mm256_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10,
                       0x10, 0x10, 0x10, 0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10,
                       0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
  // What is added to a character to get its value, by its high half; `/` takes the place before.
  const __m256i offsets =
      _mm256_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 19, 4, -65,
                       -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i order = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2,
                                         1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, -1, -1);
  const __m256i slash = _mm256_set1_epi8('/');  // also 0x2F, the mask that keeps a shuffle's index
  const char* in = digits.data();
  std::size_t done = 0;
  for (; digits.size() - done >= 32; done += 32, out += 24) {
    const __m256i block = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + done));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi32(block, 4), slash);
    const __m256i low = _mm256_and_si256(block, slash);
    const __m256i low_class = _mm256_shuffle_epi8(low_classes, low);
    const __m256i high_class = _mm256_shuffle_epi8(high_classes, high);
    if (_mm256_testz_si256(low_class, high_class) == 0) break;
    const __m256i row = _mm256_add_epi8(_mm256_cmpeq_epi8(block, slash), high);
    const __m256i values = _mm256_add_epi8(block, _mm256_shuffle_epi8(offsets, row));
    const __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    const __m256i triples = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
    const __m256i bytes = _mm256_shuffle_epi8(triples, order);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_permutevar8x32_epi32(bytes, lanes));
  }
  return done;
}

#endif

}  // namespace

bool DecodeBase64Plain(std::string_view digits, unsigned char* out) {
  for (; digits.size() >= 4; digits.remove_prefix(4), out += 3) {
    const std::uint32_t a = ValueOf(digits[0]);
    const std::uint32_t b = ValueOf(digits[1]);
    const std::uint32_t c = ValueOf(digits[2]);
    const std::uint32_t d = ValueOf(digits[3]);
    if ((a | b | c | d) == kInvalid) return false;
    const std::uint32_t bits = (a << 18U) | (b << 12U) | (c << 6U) | d;
    out[0] = static_cast<unsigned char>(bits >> 16U);
    out[1] = static_cast<unsigned char>(bits >> 8U);
    out[2] = static_cast<unsigned char>(bits);
  }
  return DecodeRest(digits, out);
}

bool DecodeBase64(std::string_view digits, unsigned char* out) {
  std::size_t done = 0;
#if defined(__x86_64__)
  if (HasAvx2()) done = DecodeBlocks(digits, out);
#endif
  return DecodeBase64Plain(digits.substr(done), out + done / 4 * 3);
}

}  // namespace reembed
