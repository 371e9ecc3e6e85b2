#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/core/config.h"

namespace reembed {

/// All that a vector depends on beside its text. Two vectors are comparable, and a paid one may be
/// used again, only if their recipes agree. How the text is composed is covered by its hash.
struct Recipe {
  std::string family, base_url, model;
  int dimensions = 0;
  std::string task_type, prefix;
  NormalizeRule normalize = NormalizeRule::kAuto;
  LongTextRule on_long_text = LongTextRule::kTruncate;
  std::uint64_t max_text_tokens = 0;  ///< the limit that the long-text rule cuts to; 0: unknown
  friend bool operator==(const Recipe&, const Recipe&) = default;
};

/// The recipe of one collection. `dimensions` is the true vector length.
Recipe RecipeOf(const EmbeddingConfig& embedding, const CollectionConfig& collection,
                int dimensions, std::uint64_t max_text_tokens);

/// The recipe as one line of JSON with sorted keys: its key in the journal. Holds no secret.
std::string ToText(const Recipe& recipe);
/// What ToText wrote. Errors: kRefused.
Result<Recipe> ParseRecipe(std::string_view text);
/// For people: `acme / small-3 / 256 dimensions`.
std::string Label(const Recipe& recipe);

/// Where vectors go: a field of a real collection. Not the host: a server may be reached by several
/// names. A collection that was dropped and made again has another `created_at`.
struct Target {
  std::string collection;
  std::int64_t created_at = 0;
  std::string field;
  friend bool operator==(const Target&, const Target&) = default;
};

/// True when two lists of node URLs name the same cluster: they share a node. Trailing slashes and
/// the case of scheme and host do not matter.
bool SameCluster(const std::vector<std::string>& a, const std::vector<std::string>& b);

}  // namespace reembed
