#pragma once

#include <cstdint>
#include <string>

#include "reembed/base/secret.h"
#include "reembed/core/status_report.h"
#include "text_lines.h"

namespace reembed {

/// How many runs of each target the text shows; the JSON report lists all.
inline constexpr std::size_t kMaxRunsShown = 10;

/// The layout: values in, lines out, names as they came.
Lines StatusLines(const StatusReport& report);

/// What `status` prints for people, with a newline at the end: StatusLines with every line cleaned.
/// Pure.
std::string StatusText(const StatusReport& report, const Redactor& redact);

/// What is asked before `status --prune`: one line without a newline. Empty when there is nothing
/// to remove, so that nothing needs to be asked. Pure.
std::string PruneQuestion(const StatusReport& report);

/// `512 bytes`, `12.4 MB`: powers of 1000.
std::string BytesText(std::uint64_t bytes);

}  // namespace reembed
