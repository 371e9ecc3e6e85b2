#pragma once

#include <string>

#include "reembed/base/secret.h"
#include "reembed/core/verify_report.h"
#include "text_lines.h"

namespace reembed {

/// How many ids of each kind the text names; the JSON report lists more.
inline constexpr std::size_t kMaxDifferencesShown = 10;

/// The layout: values in, lines out, ids and server text as they came.
Lines VerifyLines(const VerifyReport& report);

/// What `verify` prints for people, with a newline at the end: VerifyLines with every line cleaned.
/// Pure.
std::string VerifyText(const VerifyReport& report, const Redactor& redact);

}  // namespace reembed
