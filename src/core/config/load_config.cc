#include <fmt/format.h>

#include <algorithm>

#include "file_settings.h"
#include "json_text.h"
#include "provider_settings.h"
#include "reembed/core/config_sources.h"
#include "secrets_in_file.h"
#include "suggest.h"
#include "typesense_settings.h"
#include "variables.h"

namespace reembed {
namespace {

// False when the text is not JSON, so that nothing can be said of what it lacks.
bool ReadFileInto(const NamedText& file, const ConfigSources& sources, FileSettings& settings,
                  std::vector<std::string>& problems) {
  JsonText text = ParseJsonText(file);
  problems.insert(problems.end(), text.problems.begin(), text.problems.end());
  if (!text.root) return false;
  RefuseSecrets(file.name, sources.providers, *text.root, problems);
  ReadSettings({file.name, sources.providers, problems}, *text.root, settings);
  return true;
}

std::vector<std::string> Names(const std::vector<CollectionDraft>& drafts) {
  std::vector<std::string> names;
  names.reserve(drafts.size());
  for (const CollectionDraft& draft : drafts) names.push_back(draft.config.name);
  return names;
}

// Two names would take turns in overwriting one field, each counting the other's vectors as
// foreign.
void RefuseSharedFields(const std::vector<CollectionDraft>& drafts,
                        std::vector<std::string>& problems) {
  for (auto later = drafts.begin(); later != drafts.end(); ++later) {
    const CollectionConfig& config = later->config;
    if (config.skip_reason || config.embedding_field.empty()) continue;
    const auto first = std::find_if(drafts.begin(), later, [&](const CollectionDraft& other) {
      return !other.config.skip_reason && other.config.collection == config.collection &&
             other.config.embedding_field == config.embedding_field;
    });
    if (first == later) continue;
    problems.push_back(fmt::format(
        "{}: {} and {} both write the field {} of the collection {}; keep one of them, or give "
        "one a \"skip\"",
        later->where, Quoted(first->config.name), Quoted(config.name),
        Quoted(config.embedding_field), Quoted(config.collection)));
  }
}

// The collections to work on, in order of the flag if there is one, else of the file.
std::vector<CollectionConfig> Select(const std::vector<CollectionDraft>& drafts,
                                     const std::vector<std::string>& wanted,
                                     std::vector<std::string>& problems) {
  const std::vector<std::string> known = Names(drafts);
  std::vector<std::string> order;
  const auto add = [&](const std::string& name) {
    if (std::find(order.begin(), order.end(), name) == order.end()) order.push_back(name);
  };
  for (const std::string& name : wanted) {
    if (std::find(known.begin(), known.end(), name) != known.end()) {
      add(name);
    } else if (name == "all") {
      std::for_each(known.begin(), known.end(), add);
    } else {
      const std::string hint = DidYouMean(name, known);
      problems.push_back(fmt::format("--collections: unknown collection {}{} known: {}",
                                     Quoted(name), hint.empty() ? ";" : hint, Listed(known)));
    }
  }
  if (wanted.empty()) order = known;
  std::vector<CollectionConfig> selected;
  for (const std::string& name : order) {
    const auto found = std::find(known.begin(), known.end(), name) - known.begin();
    selected.push_back(drafts[static_cast<std::size_t>(found)].config);
  }
  return selected;
}

void ApplyFlags(const ConfigFlags& flags, Config& config) {
  EmbeddingConfig& embedding = config.embedding;
  embedding.concurrency = flags.concurrency.value_or(embedding.concurrency);
  if (flags.requests_per_minute) embedding.requests_per_minute = flags.requests_per_minute;
  if (flags.tokens_per_minute) embedding.tokens_per_minute = flags.tokens_per_minute;
  embedding.max_wait = flags.max_wait.value_or(embedding.max_wait);
  config.journal.dir = flags.state_dir.value_or(config.journal.dir);
  config.journal.backup = flags.backup.value_or(config.journal.backup);
  for (CollectionConfig& collection : config.collections) {
    collection.strategy = flags.strategy.value_or(collection.strategy);
  }
}

// A file's keys and a wrong variable may hold a secret in an unexpected place; what is known to be
// one is taken out of every message.
Redactor SecretsOf(const ConfigSources& sources, const Variables& variables) {
  std::vector<std::string> names = {"TYPESENSE_API_KEY"};
  for (const ProviderSpec& spec : sources.providers) {
    for (const VariableSpec& variable : spec.variables) {
      if (variable.secret) names.insert(names.end(), variable.names.begin(), variable.names.end());
    }
  }
  std::vector<Secret> secrets;
  for (const std::string& name : names) {
    const auto found = variables.find(name);
    if (found != variables.end()) secrets.emplace_back(found->second);
  }
  return Redactor(secrets);
}

std::vector<std::string> Presentable(const std::vector<std::string>& problems,
                                     const Redactor& redact) {
  std::vector<std::string> lines;
  for (const std::string& problem : problems) {
    std::string line = redact(problem);
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
  return lines;
}

}  // namespace

ConfigOutcome LoadConfig(const ConfigSources& sources) {
  std::vector<std::string> problems;
  std::optional<EnvFile> env_file;
  if (sources.env_file) env_file = ParseEnvFile(*sources.env_file);
  if (env_file) problems = env_file->problems;
  const VariableSource variables(sources.environment, env_file,
                                 sources.env_file ? sources.env_file->name : "");

  FileSettings file;
  if (sources.default_file.text != sources.config_file.text) {
    ReadFileInto(sources.default_file, sources, file, problems);
  }
  const bool readable = ReadFileInto(sources.config_file, sources, file, problems);

  Config config{.typesense = file.typesense,
                .embedding = file.embedding,
                .update = file.update,
                .journal = file.journal,
                .cutover = sources.flags.cutover,
                .collections = {},
                .source = sources.config_file.name};
  ReadTypesenseVariables(variables, config.typesense, problems);
  ProviderSettings& provider = config.embedding.provider;
  const ProviderSpec* spec =
      ResolveProvider({sources, variables, file, readable}, provider, problems);
  if (spec != nullptr) {
    config.embedding.task_type_advice = spec->task_type_advice;
    config.embedding.vendor_server = provider.base_url == spec->default_base_url;
    for (CollectionDraft& draft : file.collections) {
      ResolveCollection(*spec, provider, draft, problems);
    }
  }
  RefuseSharedFields(file.collections, problems);
  // Without a list, which is an error already, every name would seem unknown.
  if (readable && !file.collections.empty())
    config.collections = Select(file.collections, sources.flags.collections, problems);
  ApplyFlags(sources.flags, config);
  if (problems.empty()) return {std::move(config), {}};
  return {std::nullopt, Presentable(problems, SecretsOf(sources, variables.merged()))};
}

}  // namespace reembed
