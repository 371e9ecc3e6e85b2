#pragma once

#include <memory>

#include "reembed/ports/journal.h"

namespace reembed::testing {

/// A journal in plain maps: it keeps every rule of the port except that anything is durable. For
/// tests, and for measurements as the journal that costs nothing. Never fails. SizeOnDisk is 0.
std::unique_ptr<JournalStore> MakeMemoryJournal();

/// What a later start of the program would see: no outcome is of this session any more. `store`
/// comes from MakeMemoryJournal; journals that it opened before must be gone.
void BeginSession(JournalStore& store);

}  // namespace reembed::testing
