#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/secret.h"

namespace reembed {

/// What a variable means to the core, which knows no provider's names.
enum class VariableRole { kKey, kBaseUrl, kOther };

/// One setting that a provider reads from the environment or `.env`.
struct VariableSpec {
  std::vector<std::string> names;  ///< synonyms, the first that is set wins
  VariableRole role = VariableRole::kOther;
  bool secret = false;
  bool required = false;                ///< missing: a usage error naming `names`
  bool optional_with_base_url = false;  ///< a required one that a configured base URL excuses
};

/// One key of the provider's section in the config file (`embedding.<family>.<key>`), a string.
struct OptionSpec {
  std::string key;
  std::vector<std::string> allowed;  ///< empty: any string
  std::string default_value;
};

/// What a provider declares of itself, as data.
struct ProviderSpec {
  std::string family;            ///< e.g. `acme`
  std::string default_base_url;  ///< without a trailing slash
  std::vector<VariableSpec> variables;
  std::vector<OptionSpec> options;  ///< `task_type` and `prefix` may also stand at a collection
  std::string task_type_advice;     ///< shown beside the task type, e.g. when to set another
};

/// The values of one run for one provider, gathered by the configuration.
struct ProviderSettings {
  std::string family;
  std::string model;
  std::optional<int> dimensions;                              ///< what is asked for, if anything
  std::string base_url;                                       ///< the configured or the default one
  std::map<std::string, std::string, std::less<>> variables;  ///< by first name; non-secret
  std::map<std::string, Secret, std::less<>> secrets;         ///< by first name
  std::map<std::string, std::string, std::less<>> options;    ///< with defaults filled in
};

}  // namespace reembed
