#include "gather.h"

#include <fmt/format.h>

#include <utility>

#include "defaults.h"
#include "reembed/base/text.h"
#include "variables.h"

namespace reembed {
namespace {

constexpr std::string_view kBuiltIn = "built-in";

Error CannotRead(std::string_view asked_by, const std::string& path, const Error& error) {
  const bool missing = error.kind == ErrorKind::kNotFound;
  return Error{.kind = ErrorKind::kUsage,
               .message = fmt::format("{}{}: {}", asked_by, EscapeControl(path),
                                      missing ? "no such file" : error.message)};
}

Result<NamedText> ReadNamed(std::string_view asked_by, const std::string& path,
                            const ReadFile& read) {
  Result<std::string> text = read(path);
  if (!text.ok()) return CannotRead(asked_by, path, text.error());
  return NamedText{EscapeControl(path), std::move(*text)};
}

Result<std::optional<NamedText>> ReadEnvFile(const std::optional<std::string>& path,
                                             const ReadFile& read) {
  Result<std::string> text = read(path.value_or(".env"));
  if (text.ok()) return std::optional(NamedText{EscapeControl(path.value_or(".env")), *text});
  if (!path && text.error().kind == ErrorKind::kNotFound) return std::optional<NamedText>();
  return CannotRead(path ? "--env-file " : "", path.value_or(".env"), text.error());
}

}  // namespace

Result<NamedText> LocateConfig(const std::optional<std::string>& flag,
                               const std::optional<std::string>& variable, const ReadFile& read) {
  if (flag) return ReadNamed("--config ", *flag, read);
  if (variable) return ReadNamed("REEMBED_CONFIG ", *variable, read);
  for (const char* path : {"config/reembed.json", "reembed.json"}) {
    Result<std::string> text = read(path);
    if (text.ok()) return NamedText{path, std::move(*text)};
    if (text.error().kind != ErrorKind::kNotFound) return CannotRead("", path, text.error());
  }
  return NamedText{std::string(kBuiltIn), std::string(DefaultConfigJson())};
}

SettingsOutcome GatherConfig(const ConfigRequest& request, const ReadFile& read) {
  std::vector<std::string> problems;
  ConfigSources sources{.flags = request.flags,
                        .environment = request.environment,
                        .env_file = {},
                        .config_file = {},
                        .default_file = {std::string(kBuiltIn), std::string(DefaultConfigJson())},
                        .providers = request.providers};
  Result<std::optional<NamedText>> env_file = ReadEnvFile(request.env_path, read);
  std::optional<EnvFile> parsed;
  if (env_file.ok()) {
    sources.env_file = std::move(*env_file);
    if (sources.env_file) parsed = ParseEnvFile(*sources.env_file);
  } else {
    problems.push_back(env_file.error().message);
  }
  const VariableSource variables(request.environment, parsed, "");
  const auto named = variables.Find("REEMBED_CONFIG");
  Result<NamedText> config =
      LocateConfig(request.config_path, named ? std::optional(named->value) : std::nullopt, read);
  if (config.ok()) {
    sources.config_file = std::move(*config);
  } else {
    problems.push_back(config.error().message);
    if (parsed) problems.insert(problems.end(), parsed->problems.begin(), parsed->problems.end());
  }
  // With a file unread, what seems to be missing may stand there.
  if (!problems.empty()) return {std::nullopt, std::move(problems)};
  ConfigOutcome outcome = LoadConfig(sources);
  if (!outcome.config) return {std::nullopt, std::move(outcome.problems)};
  return {LoadedSettings{std::move(*outcome.config), variables.merged()}, {}};
}

}  // namespace reembed
