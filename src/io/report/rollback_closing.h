#pragma once

#include "reembed/core/rollback_report.h"
#include "text_lines.h"

namespace reembed {

/// The last lines of a rollback's text: what it came to as a whole, and what to do next. Pure.
Lines RollbackClosing(const RollbackReport& report);

}  // namespace reembed
