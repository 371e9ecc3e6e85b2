#pragma once

#if defined(__x86_64__)
/// Marks a function that may use AVX2 whatever the rest is compiled for.
#define REEMBED_AVX2 __attribute__((target("avx2")))
/// The same for a part of one that takes vectors: a call would move them through memory.
#define REEMBED_AVX2_INLINE REEMBED_AVX2 __attribute__((always_inline)) inline
#endif

namespace reembed {

/// Whether this machine runs functions that use AVX2.
inline bool HasAvx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0;
#else
  return false;
#endif
}

}  // namespace reembed
