#pragma once

#include <string>
#include <vector>

#include "reembed/base/secret.h"
#include "reembed/ports/reporter.h"

namespace reembed {

/// The report as one JSON document (config/report.schema.json describes it) with a newline at the
/// end. `plans` matter in a dry run only; one without an error adds a `plan` to the collection of
/// the same name.
/// Known secrets become `***` in every string. Otherwise strings are exact, so that ids can be used
/// to look documents up: what is not printable ASCII is written as \u escapes, which keeps a
/// terminal safe too. Bytes that are not UTF-8 become U+FFFD. Pure.
std::string ToJson(const RunReport& report, const std::vector<PlannedCollection>& plans,
                   const Redactor& redact);

}  // namespace reembed
