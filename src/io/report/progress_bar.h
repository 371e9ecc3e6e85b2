#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "reembed/ports/reporter.h"

namespace reembed {

class Terminal;

/// One line of at most `width` bytes (a character never takes more columns than bytes), e.g.
/// `name  45% |####------|  225/500 [00:12<00:15, 18.7 docs/s, 1 failed] waiting for …`.
/// The brackets hold time elapsed and left. In want of room the bar shrinks, then goes, then the
/// end is cut between two characters. `?` stands for what is not known. Pure.
std::string FormatBar(const Progress& progress, std::size_t width);

/// A bar that is redrawn in place. `terminal` must live longer.
std::unique_ptr<ProgressDisplay> MakeProgressBar(Terminal& terminal);

}  // namespace reembed
