#pragma once

#include <memory>
#include <string>

#include "reembed/ports/reporter.h"

namespace reembed {

class Terminal;

/// Seconds between two lines.
inline constexpr double kLineInterval = 5.0;

/// `name: 225 of 500 documents (45%), 1 failed, 18.7 docs/s, 00:12 elapsed, 00:15 left, waiting for
/// …`. Pure.
std::string FormatLine(const Progress& progress);

/// A line every kLineInterval of Progress::elapsed_seconds, for files and pipes; no clock is read.
/// `terminal` must live longer.
std::unique_ptr<ProgressDisplay> MakeProgressLines(Terminal& terminal);

}  // namespace reembed
