#pragma once

#include <string>

#include "reembed/base/clock.h"
#include "reembed/base/secret.h"
#include "reembed/core/retire_report.h"
#include "text_lines.h"

namespace reembed {

/// The layout: values in, lines out, names and server text as they came.
Lines RetireLines(const RetireReport& report);

/// What `retire` prints for people, with a newline at the end: RetireLines with every line cleaned.
/// Pure.
std::string RetireText(const RetireReport& report, const Redactor& redact);

/// What is asked before anything is deleted, after the plan was shown: one line without a newline.
/// Empty when nothing would be deleted, so that nothing needs to be asked. Pure.
std::string RetireQuestion(const RetireReport& plan, const Redactor& redact);

/// `3 days`, `1 hour`, `less than a minute`: whole units, the largest that fits. Pure.
std::string AgeText(Seconds age);

}  // namespace reembed
