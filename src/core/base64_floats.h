#pragma once

#include <cstddef>
#include <string_view>

namespace reembed {

/// Bytes behind the decoded ones that may be overwritten.
inline constexpr std::size_t kBase64Spare = 8;

/// Decodes base64 digits (standard alphabet, no padding, no blanks) into `out`, which has room for
/// `digits.size() * 6 / 8 + kBase64Spare` bytes. False at any other character, and when one digit
/// is left over; what is in `out` then means nothing.
/// The first uses AVX2 where the machine has it; the second is the same for any machine.
bool DecodeBase64(std::string_view digits, unsigned char* out);
bool DecodeBase64Plain(std::string_view digits, unsigned char* out);

}  // namespace reembed
