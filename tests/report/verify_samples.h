#pragma once

#include "reembed/core/doctor_report.h"
#include "reembed/core/verify_report.h"

namespace reembed::testing {

/// Values that the tests of `verify` and `doctor` show.

/// `context_stores`: 12 documents, all match; `table_descriptions`: skipped.
VerifyReport VerifiedWell();
/// `instructions`: 1,500 documents with every kind of difference.
VerifyReport VerifiedWithDifferences();
/// `instructions`: missing on the server.
VerifyReport NotVerified();

/// `instructions`: its field was dropped; the documents match.
VerifyReport VerifiedWithoutField();

/// Two lines, both ok.
DoctorReport Healthy();
/// One line of each level, one of them long.
DoctorReport Ill();

}  // namespace reembed::testing
