#pragma once

#include <string>

#include "reembed/base/secret.h"
#include "reembed/core/retire_report.h"

namespace reembed {

/// The report as one JSON document (config/retire.schema.json describes it) with a newline at the
/// end. Strings as in report_json.h: known secrets become `***`, all else is exact, with \u escapes
/// for what is not printable ASCII. Pure.
std::string RetireJson(const RetireReport& report, const Redactor& redact);

}  // namespace reembed
