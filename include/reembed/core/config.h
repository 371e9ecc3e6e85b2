#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/base/secret.h"
#include "reembed/core/provider_spec.h"

namespace reembed {

enum class EmptyTextRule : std::uint8_t { kFail, kSkip };
enum class LongTextRule : std::uint8_t { kTruncate, kFail, kAverage };
enum class StrategyChoice : std::uint8_t { kAuto, kInPlace, kRebuild, kAlias };
enum class NormalizeRule : std::uint8_t { kAuto, kAlways, kNever };

/// How a document becomes the text that is embedded: `fields` joined by `separator`, or, when
/// `text_template` is set, the template with `{field}` replaced.
struct TextRule {
  std::vector<std::string> fields;  ///< with a template: the fields it names, each once
  std::string separator = ", ";
  std::optional<std::string> text_template;
};

/// One collection of the config file. `name` is its key there, `collection` its name or alias on
/// the server.
struct CollectionConfig {
  std::string name;
  std::string collection;
  std::string embedding_field;  ///< dotted for a nested field
  TextRule text;
  std::string filter_by;                   ///< empty: all documents
  std::optional<std::string> skip_reason;  ///< set: reported as skipped, nothing is asked
  EmptyTextRule on_empty_text = EmptyTextRule::kFail;
  LongTextRule on_long_text = LongTextRule::kTruncate;
  StrategyChoice strategy = StrategyChoice::kAuto;
  bool automatic_ids = true;
  std::string task_type;  ///< the collection's, else the provider section's; may be empty
  std::string prefix;     ///< put before the source text; part of what is embedded
};

/// Names and defaults of the official Typesense clients.
struct TypesenseConfig {
  std::vector<std::string> nodes;  ///< base URLs without a trailing slash
  std::optional<std::string> nearest_node;
  Secret api_key;
  Millis connection_timeout{5000};  ///< connecting only
  int num_retries = 3;
  Millis retry_interval{1000};
  Seconds healthcheck_interval{60};
};

struct EmbeddingConfig {
  ProviderSettings provider;
  NormalizeRule normalize = NormalizeRule::kAuto;
  std::size_t concurrency = 8;
  std::optional<double> requests_per_minute;  ///< in the provider's own unit
  std::optional<double> tokens_per_minute;
  Seconds max_wait{900};
  Seconds outage_patience{300};
  std::optional<double> usd_per_million_tokens;  ///< stated by the user, over the catalogue's
  bool vendor_server = true;     ///< false: another base URL than the provider's own is asked
  std::string task_type_advice;  ///< from the provider's declaration
};

struct UpdateConfig {
  Millis target{100};  ///< how long one import request into a live index should take
  Seconds patience{1800};
};

/// What `rebuild` and `alias` may do beyond the filter.
struct CutoverConfig {
  bool refuse_outside_filter = false;  ///< `--outside-filter refuse`: block instead of re-embedding
  bool allow_missing = false;  ///< documents that cannot be embedded may end without a vector
  bool all_aliases = false;  ///< every alias of the collection is switched, not the one configured
};

struct JournalConfig {
  std::string dir = ".reembed";  ///< never empty; a relative one lies in the working directory
  bool backup = true;            ///< save every vector before it is replaced
  int keep_days = 30;            ///< vectors and backups of ended runs; 0: until a later run starts
};

/// Everything that files, environment and flags say, checked.
struct Config {
  TypesenseConfig typesense;
  EmbeddingConfig embedding;
  UpdateConfig update;
  JournalConfig journal;
  CutoverConfig cutover;
  std::vector<CollectionConfig> collections;  ///< those selected, in order of work and report
  std::string source;                         ///< the config file's path, or `built-in`
};

}  // namespace reembed
