#pragma once

#include <string>

#include "reembed/base/clock.h"
#include "reembed/base/result.h"
#include "reembed/core/status_report.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/recovery_files.h"

namespace reembed {

/// The verb `status`: what the journal at `path` (for display) says. `journal` null: there is none
/// yet. `recovery`: where the files of dropped fields are looked for; may be null. No server is
/// asked and nothing is changed. Errors: those of the journal.
Result<StatusReport> TakeStatus(JournalStore* journal, const std::string& path,
                                const RecoveryFiles* recovery = nullptr);

/// `status --prune`: removes what the ended runs still keep, then says how things stand and what
/// was removed. The caller has asked the user. Errors: those of the journal.
Result<StatusReport> PruneJournal(JournalStore& journal, const std::string& path, WallTime now,
                                  const RecoveryFiles* recovery = nullptr);

}  // namespace reembed
