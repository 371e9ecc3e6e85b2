#pragma once

#include <memory>

#include "journal_file.h"
#include "reembed/ports/journal.h"

namespace reembed {

/// The store over an open file.
std::unique_ptr<JournalStore> MakeJournalStore(std::shared_ptr<JournalFile> file);

}  // namespace reembed
