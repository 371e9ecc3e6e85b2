#pragma once

#include <memory>

#include "journal_file.h"
#include "reembed/ports/journal.h"
#include "runs.h"

namespace reembed {

/// The journal of one collection's run; keeps the file open.
std::unique_ptr<Journal> MakeRunJournal(std::shared_ptr<JournalFile> file, OpenedRun run,
                                        bool with_backup);

}  // namespace reembed
