#pragma once

#include <iosfwd>
#include <memory>

#include "reembed/base/secret.h"
#include "reembed/ports/reporter.h"

namespace reembed {

/// `--output json`: writes nothing until End, then exactly one JSON document (see report_json.h) to
/// `out` (stdout), which must live longer. Not thread-safe. A failed write is left in the state of
/// `out`.
std::unique_ptr<Reporter> MakeJsonReporter(std::ostream& out, Redactor redact);

}  // namespace reembed
