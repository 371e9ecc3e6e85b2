#pragma once

#include <span>

#include "src/core/avx2.h"

#if defined(__x86_64__)

namespace reembed {

/// Writes eight of `values` at a time where all eight lie between 1e-4 and 1 in size, by AVX2;
/// where one does not, up to that one by `WriteFloatsPlain`, and so the last seven. Same text, same
/// room. For machines that have AVX2 only.
REEMBED_AVX2 char* WriteFloatsAvx2(char* out, std::span<const float> values);

}  // namespace reembed

#endif
