#pragma once

#include "journal_file.h"
#include "reembed/ports/journal.h"

namespace reembed {

/// JournalStore::Prune. Many small transactions, so that the log stays small on a full disk; what
/// an interrupted one leaves, the next removes.
Result<Pruned> PruneJournal(JournalFile& file, WallTime before);

}  // namespace reembed
