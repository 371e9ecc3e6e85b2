#pragma once

#include <string>

#include "reembed/base/secret.h"
#include "reembed/core/doctor_report.h"

namespace reembed {

/// The report as one JSON document (config/doctor.schema.json describes it) with a newline at the
/// end. Strings as in report_json.h. Pure.
std::string DoctorJson(const DoctorReport& report, const Redactor& redact);

}  // namespace reembed
