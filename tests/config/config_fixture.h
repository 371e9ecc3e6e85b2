// Two invented providers and short ways to load a configuration for them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reembed/core/config_sources.h"

namespace reembed::testing {

/// `acorn` has a required key with a synonym, a task type and a prefix; `birch` has a key that a
/// base URL excuses, an organisation, and a prefix only.
inline std::vector<ProviderSpec> TreeProviders() {
  ProviderSpec acorn;
  acorn.family = "acorn";
  acorn.default_base_url = "https://api.acorn.example";
  acorn.variables = {
      {.names = {"ACORN_API_KEY", "OAK_API_KEY"},
       .role = VariableRole::kKey,
       .secret = true,
       .required = true},
      {.names = {"ACORN_BASE_URL"}, .role = VariableRole::kBaseUrl},
  };
  acorn.options = {{"task_type", {"QUERY", "DOCUMENT"}, "DOCUMENT"}, {"prefix", {}, ""}};
  acorn.task_type_advice = "set DOCUMENT for documents";

  ProviderSpec birch;
  birch.family = "birch";
  birch.default_base_url = "https://birch.example/v1";
  birch.variables = {
      {.names = {"BIRCH_API_KEY"},
       .role = VariableRole::kKey,
       .secret = true,
       .required = true,
       .optional_with_base_url = true},
      {.names = {"BIRCH_BASE_URL"}, .role = VariableRole::kBaseUrl},
      {.names = {"BIRCH_ORG_ID"}},
  };
  birch.options = {{"prefix", {}, "passage: "}};
  return {acorn, birch};
}

inline constexpr std::string_view kOneCollection =
    R"({"collections": {"notes": {"embedding_field": "vector", "text_fields": ["text"]}}})";

/// Complete and right: acorn, one collection, all keys set.
inline ConfigSources GoodSources(std::string config_json = std::string(kOneCollection)) {
  ConfigSources sources;
  sources.environment = {{"EMBEDDING_FAMILY", "acorn"},
                         {"EMBEDDING_MODEL", "oak-1"},
                         {"ACORN_API_KEY", "acorn-secret-1"},
                         {"TYPESENSE_API_KEY", "typesense-secret-1"}};
  sources.config_file = {"reembed.json", std::move(config_json)};
  sources.default_file = {"built-in", std::string(kOneCollection)};
  sources.providers = TreeProviders();
  return sources;
}

/// GoodSources with one collection `notes` that has more keys: `Notes(R"("prefix": "x")")`.
inline ConfigSources WithNotes(const std::string& members) {
  return GoodSources(R"({"collections": {"notes": {)" + members + "}}}");
}

/// All problems, one per line; empty when the configuration was accepted.
inline std::string ProblemsOf(const ConfigSources& sources) {
  std::string lines;
  for (const std::string& problem : LoadConfig(sources).problems) lines += problem + "\n";
  return lines;
}

}  // namespace reembed::testing
