#pragma once

#include <cstdint>
#include <vector>

#include "reembed/core/cutover.h"
#include "sqlite.h"

namespace reembed {

// The table `cutovers`, within a transaction.

/// Oldest first.
std::vector<Cutover> ReadCutovers(Database& database);
/// Adds or replaces it; returns its number.
std::int64_t PutCutover(Database& database, const Cutover& cutover);

}  // namespace reembed
