#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "reembed/core/report.h"
#include "reembed/ports/reporter.h"

namespace reembed {

class Terminal;

/// The words of `--progress`.
enum class ProgressStyle : std::uint8_t { kAuto, kBar, kPlain, kNone };

/// The display for a style; `kAuto` is a bar on an interactive terminal and plain lines elsewhere.
/// `terminal` must live longer.
std::unique_ptr<ProgressDisplay> MakeProgress(ProgressStyle style, Terminal& terminal);

/// How far it is, 0 to 100, never 100 before the end; absent while the total is not known.
std::optional<int> PercentDone(const Progress& progress);

/// `00:12`, from an hour on `1:02:03`; `?` for what is not known or makes no sense.
std::string DurationText(std::optional<double> seconds);

/// Seconds left: what the program reckons, else at the present speed; absent while neither can be
/// said.
std::optional<double> SecondsLeft(const Progress& progress);

}  // namespace reembed
