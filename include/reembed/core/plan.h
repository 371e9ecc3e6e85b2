#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/core/config.h"
#include "reembed/core/schema.h"

namespace reembed {

/// What the server says of one configured collection.
struct CollectionFacts {
  CollectionSchema schema;
  std::vector<Alias> aliases;  ///< those that lead to it
  bool aliases_known = true;   ///< false: the key may not list them
  std::uint64_t matching = 0;  ///< documents under `filter_by`
};

/// What will be done with one collection, or why it cannot be.
struct CollectionPlan {
  CollectionConfig config;
  std::string collection;  ///< real name
  std::int64_t created_at = 0;
  std::vector<std::string> aliases;
  bool aliases_known = true;    ///< false: the key may not list them
  std::uint64_t documents = 0;  ///< that match
  std::uint64_t outside_filter = 0;
  std::optional<int> old_dimensions;
  int new_dimensions = 0;
  StrategyChoice strategy = StrategyChoice::kInPlace;
  std::string strategy_reason;
  bool indexed = true;        ///< writes go into a live vector index
  bool nested_field = false;  ///< the embedding field is written as a nested object
  std::vector<std::string> notes;
  std::vector<std::string> blockers;  ///< any: this collection is not touched, exit 4
};

/// Judges one collection. `dimensions` is the new vector length; 0 while it is unknown (then
/// lengths are not compared). Pure.
CollectionPlan MakePlan(const CollectionConfig& config, const CollectionFacts& facts,
                        int dimensions);

/// The configuration's word: `in-place`, `rebuild`, `alias` or `auto`.
std::string_view ToString(StrategyChoice strategy);

/// One read-only pass over a collection, for `--dry-run`.
struct Survey {
  std::uint64_t documents = 0;
  std::uint64_t empty = 0;      ///< nothing to embed
  std::uint64_t unusable = 0;   ///< a field of a type that cannot be embedded
  std::uint64_t over_long = 0;  ///< estimated above the model's limit
  std::uint64_t identical = 0;  ///< texts that occur earlier in the collection
  std::uint64_t texts = 0;      ///< different texts
  std::uint64_t tokens = 0;     ///< estimated, of the different texts
  std::uint64_t requests = 0;   ///< estimated provider requests
};

}  // namespace reembed
