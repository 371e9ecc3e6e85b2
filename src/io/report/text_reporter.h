#pragma once

#include <iosfwd>
#include <memory>

#include "reembed/base/secret.h"
#include "reembed/ports/reporter.h"

namespace reembed {

/// The report for people, a banner, a block per collection and a summary, on `out` (stdout), which
/// must live longer. Every line is cleaned, and flushed with its block, so that a pipe shows it at
/// once. Not thread-safe. Clear a progress bar on the same terminal before a call.
/// A failed write is left in the state of `out`: look at it after End.
std::unique_ptr<Reporter> MakeTextReporter(std::ostream& out, Redactor redact);

}  // namespace reembed
