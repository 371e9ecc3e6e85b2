#pragma once

#include <string>

#include "reembed/base/secret.h"
#include "reembed/core/rollback_report.h"
#include "text_lines.h"

namespace reembed {

/// How many documents that were left a block names; the JSON report lists more.
inline constexpr std::size_t kMaxLeftShown = 10;

/// The layout: values in, lines out, ids and server text as they came.
Lines RollbackLines(const RollbackReport& report);

/// What `rollback` prints for people, with a newline at the end: RollbackLines with every line
/// cleaned. Pure.
std::string RollbackText(const RollbackReport& report, const Redactor& redact);

/// What is asked before a real rollback, after its plan was shown: one line without a newline.
/// Empty when nothing would be restored, so that nothing needs to be asked. Pure.
std::string RollbackQuestion(const RollbackReport& plan, const Redactor& redact);

}  // namespace reembed
