#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/core/config_sources.h"

namespace reembed {

/// Reads a whole file. Errors: kNotFound when there is none; any other kind when it cannot be
/// read (a directory, no permission), with the reason as the message.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// What the command line and the process contribute.
struct ConfigRequest {
  ConfigFlags flags;
  std::optional<std::string> config_path;  ///< `--config`
  std::optional<std::string> env_path;     ///< `--env-file`
  Variables environment;
  std::vector<ProviderSpec> providers;
};

/// Everything a run is configured by.
struct LoadedSettings {
  Config config;
  Variables variables;  ///< environment over `.env`, blank ones left out: for proxies and the CA
};

struct SettingsOutcome {
  std::optional<LoadedSettings> settings;  ///< absent when there are problems
  std::vector<std::string> problems;       ///< one line each, fit to be shown: exit 2
};

/// Finds the config file: `flag`, else `variable` (REEMBED_CONFIG), else `config/reembed.json`,
/// else `reembed.json`, else the built-in default. Errors: kUsage naming a file that was asked for
/// and is missing, or any that exists and cannot be read.
Result<NamedText> LocateConfig(const std::optional<std::string>& flag,
                               const std::optional<std::string>& variable, const ReadFile& read);

/// Reads all sources and checks them. A `.env` that does not exist is fine unless it was named.
/// No effect but the calls of `read`.
SettingsOutcome GatherConfig(const ConfigRequest& request, const ReadFile& read);

}  // namespace reembed
