#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"

namespace reembed {

// Values as they stand in the tables.

/// Nanoseconds since 1970.
std::int64_t ToNanos(WallTime time);
WallTime FromNanos(std::int64_t nanos);

/// One a line: neither a URL nor the name of an alias has a line break.
std::string JoinLines(const std::vector<std::string>& lines);
std::vector<std::string> SplitLines(std::string_view text);

}  // namespace reembed
