#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace reembed {

/// Room that a number and its comma need: the longest text has 15 bytes, and some are written in
/// blocks.
inline constexpr std::size_t kFloatRoom = 24;

/// Writes each of `values` as the shortest decimal text that reads back, as a double cast to float,
/// as the same float32; of several the nearest: `0.25`, `-1`, `1e-07`. Minus zero is `-0.0`, for
/// `-0` is the integer 0 to a JSON reader. A comma follows each. `values` are finite. Returns the
/// end of the text; `out` has `kFloatRoom` bytes for each value, all of which may be overwritten.
/// The first uses AVX2 where the machine has it; the second gives the same without.
char* WriteFloats(char* out, std::span<const float> values);
char* WriteFloatsPlain(char* out, std::span<const float> values);

/// The nine leading decimal digits of `value` (positive), rounded to the first six, seven, eight or
/// nine of them: the first that read back. Zero when none does.
/// `scales` are the four powers of ten, 1 to 10^22, that leave so many digits before the point.
/// The first uses SSE2 where the machine has it; the second is the same for any machine.
std::uint32_t ShortDigits(float value, const double* scales);
std::uint32_t ShortDigitsPlain(float value, const double* scales);

}  // namespace reembed
