#pragma once

#include <memory>

#include "reembed/base/mutex.h"
#include "reembed/ports/journal.h"
#include "tests/support/memory_tables.h"

namespace reembed::testing {

/// What a memory journal's store and the runs that it opened share.
struct MemoryShared {
  Mutex mutex;
  MemoryTables tables REEMBED_GUARDED_BY(mutex);
};

std::unique_ptr<JournalView> MakeMemoryView(std::shared_ptr<MemoryShared> shared,
                                            const Target& target, const Recipe& recipe);
std::unique_ptr<Journal> MakeMemoryRun(std::shared_ptr<MemoryShared> shared,
                                       const MemoryPlace& place);

}  // namespace reembed::testing
