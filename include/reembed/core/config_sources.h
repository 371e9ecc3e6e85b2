#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/core/config.h"
#include "reembed/core/provider_spec.h"

namespace reembed {

using Variables = std::map<std::string, std::string, std::less<>>;

/// A text with the name under which errors mention it.
struct NamedText {
  std::string name;
  std::string text;
};

/// What flags say; an absent one leaves the word to the other sources.
struct ConfigFlags {
  std::vector<std::string> collections;  ///< empty or `all`: every one of the file
  std::optional<std::string> family, model;
  std::optional<int> dimensions;
  std::optional<StrategyChoice> strategy;
  std::optional<std::size_t> concurrency;
  std::optional<double> requests_per_minute, tokens_per_minute;
  std::optional<Seconds> max_wait;
  std::optional<std::string> state_dir;  ///< `--state-dir`, over `journal.dir`
  std::optional<bool> backup;            ///< false: `--no-backup`
  CutoverConfig cutover;                 ///< exists as flags only
};

/// Everything a configuration is made of. Precedence: flags, environment, `.env`, file, defaults.
/// An empty variable counts as absent in each source.
struct ConfigSources {
  ConfigFlags flags;
  Variables environment;
  std::optional<NamedText> env_file;
  NamedText config_file;   ///< the file, or the built-in default
  NamedText default_file;  ///< the built-in default: what a file leaves out comes from here
  std::vector<ProviderSpec> providers;
};

/// Reads `KEY=value`, `export KEY=value`, single or double quotes, `#` comments. Problems name
/// file and line and never show a value.
struct EnvFile {
  Variables variables;
  std::vector<std::string> problems;
};
EnvFile ParseEnvFile(const NamedText& file);

/// Merges and checks all sources. All problems at once; each names the file with its JSON pointer
/// or the variable, what was found and what is allowed. Contacts nobody. Pure.
struct ConfigOutcome {
  std::optional<Config> config;       ///< absent when there are problems
  std::vector<std::string> problems;  ///< one line each, fit to be shown
};
ConfigOutcome LoadConfig(const ConfigSources& sources);

}  // namespace reembed
