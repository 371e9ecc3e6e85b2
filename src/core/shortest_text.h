#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "reembed/core/document.h"

namespace reembed {

// How a backup spells float32. The rules stand in journals: they never change.

/// Appends the shortest text that, read as a double and cast, gives the same float32; `-0.0` for
/// the negative zero. Components must be finite.
void AppendShortest(std::string& out, float number);

/// `[0.25,-1,1e-07]`
void AppendShortest(std::string& out, std::span<const float> numbers);

/// True when two tokens mean the same number: the same double, and an integer literal only if both
/// are the same one (the server keeps 64-bit ones that are the same double apart).
bool SameNumber(std::string_view a, std::string_view b);

/// A number as it was spelled: (-1)^negative × digits × 10^exponent.
struct Decimal {
  std::uint64_t digits = 0;
  int exponent = 0;
  bool negative = false;
  bool integer_literal = false;  ///< neither a fraction nor an exponent
};

/// True when the decimal surely means the same number as AppendShortest(`nearest`), by arithmetic
/// alone; `nearest` is its float32. False says nothing. Pure.
bool IsSurelyShortest(const Decimal& decimal, float nearest);

/// Powers of ten that a double holds exactly.
inline constexpr double kExactPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                          1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                          1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
inline constexpr int kMostExactPower = 22;

}  // namespace reembed
