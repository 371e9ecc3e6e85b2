#pragma once

#include <memory>

#include "reembed/ports/journal.h"

namespace reembed {

/// A journal that ends with the process: ids, text hashes and states, no vectors. A rerun starts
/// from nothing and ends the same. About 100 bytes a document.
std::unique_ptr<Journal> MakeMemoryJournal();

}  // namespace reembed
