#pragma once

#include "reembed/base/clock.h"

namespace reembed {

/// The next midnight in California after `now`, when Google's daily quotas begin anew. By the
/// rules of the United States since 2007: daylight time from the second Sunday of March to the
/// first of November, at 2 o'clock. Needs no time-zone database. Pure.
WallTime NextPacificMidnight(WallTime now);

}  // namespace reembed
