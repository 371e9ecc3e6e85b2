// How faults spoil vectors and answers that were right. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sandbox/provider_dialect.h"
#include "tests/sandbox/provider_faults.h"

namespace reembed::sandbox {

/// Spoils one of `items`, which `number` chooses: missing, NaN, zero or too short. Any other fault
/// and an empty list are left alone.
void SpoilItems(Fault fault, std::uint64_t number, std::vector<EmbeddedItem>& items);

/// Puts `items` into another order; with two or more it is never the old one.
void ShuffleItems(std::uint64_t number, std::vector<EmbeddedItem>& items);

/// Makes a JSON text invalid, whole though it arrives.
void SpoilJson(std::string& body);

}  // namespace reembed::sandbox
