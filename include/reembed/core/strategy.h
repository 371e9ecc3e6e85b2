#pragma once

#include <cstdint>

#include "reembed/core/config.h"

namespace reembed {

/// Which documents a strategy concerns.
enum class Scope : std::uint8_t { kFiltered, kAll };
/// What makes a document count as changed.
enum class Fingerprint : std::uint8_t { kSourceText, kWholeDocument };
/// What happens when a document cannot be embedded.
enum class MissingVector : std::uint8_t { kKeepOld, kStopFirst };

/// A strategy is these three properties and the order of its steps.
struct StrategyTraits {
  Scope scope = Scope::kFiltered;
  Fingerprint fingerprint = Fingerprint::kSourceText;
  MissingVector missing = MissingVector::kKeepOld;
};

/// The table. `auto` has no traits: it is resolved by the plan first.
StrategyTraits TraitsOf(StrategyChoice strategy);

}  // namespace reembed
