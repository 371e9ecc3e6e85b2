#pragma once

#include <string>

#include "reembed/base/secret.h"
#include "reembed/core/doctor_report.h"
#include "text_lines.h"

namespace reembed {

/// The layout: values in, lines out, server text as it came.
Lines DoctorTextLines(const DoctorReport& report);

/// What `doctor` prints for people, with a newline at the end, every line cleaned. Pure.
std::string DoctorText(const DoctorReport& report, const Redactor& redact);

}  // namespace reembed
