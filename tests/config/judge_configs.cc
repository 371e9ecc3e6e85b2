// Reads configuration files, one a line, and prints for each what the parser makes of it: one line
// of JSON with `problems`, and `config` when it was accepted. schema_check.py holds that against
// the schema.
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "reembed/core/config_sources.h"
#include "reembed/ports/provider.h"
#include "src/core/config/defaults.h"

using namespace reembed;
using nlohmann::json;

namespace {

template <typename Value>
json OrNull(const std::optional<Value>& value) {
  return value ? json(*value) : json();
}

json Shown(const CollectionConfig& c) {
  return {{"name", c.name},
          {"collection", c.collection},
          {"embedding_field", c.embedding_field},
          {"fields", c.text.fields},
          {"separator", c.text.separator},
          {"template", OrNull(c.text.text_template)},
          {"filter_by", c.filter_by},
          {"skip", OrNull(c.skip_reason)},
          {"on_empty_text", c.on_empty_text},
          {"on_long_text", c.on_long_text},
          {"strategy", c.strategy},
          {"automatic_ids", c.automatic_ids},
          {"task_type", c.task_type},
          {"prefix", c.prefix}};
}

json Shown(const Config& c) {
  const EmbeddingConfig& e = c.embedding;
  json collections = json::array();
  for (const CollectionConfig& collection : c.collections) collections.push_back(Shown(collection));
  return {{"family", e.provider.family},
          {"model", e.provider.model},
          {"dimensions", OrNull(e.provider.dimensions)},
          {"options", e.provider.options},
          {"normalize", e.normalize},
          {"concurrency", e.concurrency},
          {"requests_per_minute", OrNull(e.requests_per_minute)},
          {"tokens_per_minute", OrNull(e.tokens_per_minute)},
          {"usd_per_million_tokens", OrNull(e.usd_per_million_tokens)},
          {"max_wait", e.max_wait.count()},
          {"outage_patience", e.outage_patience.count()},
          {"nodes", c.typesense.nodes},
          {"nearest_node", OrNull(c.typesense.nearest_node)},
          {"connection_timeout", c.typesense.connection_timeout.count()},
          {"num_retries", c.typesense.num_retries},
          {"retry_interval", c.typesense.retry_interval.count()},
          {"healthcheck_interval", c.typesense.healthcheck_interval.count()},
          {"target", c.update.target.count()},
          {"patience", c.update.patience.count()},
          {"dir", c.journal.dir},
          {"backup", c.journal.backup},
          {"keep_days", c.journal.keep_days},
          {"collections", collections}};
}

ConfigSources Sources(std::string file) {
  ConfigSources sources;
  sources.environment = {
      {"TYPESENSE_API_KEY", "t-key"}, {"OPENAI_API_KEY", "o-key"}, {"GOOGLE_API_KEY", "g-key"}};
  sources.config_file = {"reembed.json", std::move(file)};
  sources.default_file = {"built-in", std::string(DefaultConfigJson())};
  for (const ProviderRegistration& provider : BuiltinProviders()) {
    sources.providers.push_back(provider.spec);
  }
  return sources;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const ConfigOutcome outcome = LoadConfig(Sources(line));
    json answer = {{"problems", outcome.problems}};
    if (outcome.config) answer["config"] = Shown(*outcome.config);
    std::cout << answer.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
  }
  return 0;
}
