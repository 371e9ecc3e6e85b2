#pragma once

#include <optional>
#include <string_view>

#include "reembed/base/clock.h"
#include "reembed/core/failure_limit.h"

namespace reembed {

// The values of options. Each reads the whole text, nothing when it is not of that form. Pure.

/// Positive or zero, decimal, nothing around it.
std::optional<double> ParseNumber(std::string_view text);
/// Without a point, both ends included.
std::optional<double> ParseInteger(std::string_view text, double min, double max);
/// `90`, `90s`, `15m`, `24h`, `2d`; a year at most.
std::optional<Seconds> ParseTimeSpan(std::string_view text);
/// `25` or `2.5%`, above 0 and at most 100%.
std::optional<FailureLimit> ParseFailureLimit(std::string_view text);

}  // namespace reembed
