#include "provider_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reembed/base/text.h"
#include "suggest.h"
#include "typesense_settings.h"
#include "url.h"

namespace reembed {
namespace {

std::optional<Placed> Choose(const std::optional<std::string>& flag, std::string_view flag_name,
                             const std::optional<Variable>& variable,
                             const std::optional<Placed>& file) {
  if (flag) return Placed{*flag, std::string(flag_name)};
  if (variable) return Placed{variable->value, variable->where};
  return file;
}

class Resolver {
 public:
  Resolver(const ProviderInputs& inputs, ProviderSettings& into, std::vector<std::string>& problems)
      : inputs_(inputs), into_(into), problems_(problems) {}

  const ProviderSpec* Resolve() {
    const ProviderSpec* spec = Family();
    Model();
    Dimensions();
    if (spec == nullptr) return nullptr;
    BaseUrl(*spec);
    for (const VariableSpec& variable : spec->variables) Read(variable);
    Options(*spec);
    return spec;
  }

 private:
  const ProviderSpec* Family() {
    const auto& sources = inputs_.sources;
    const auto chosen = Choose(sources.flags.family, "--family",
                               inputs_.variables.Find("EMBEDDING_FAMILY"), inputs_.file.family);
    const std::vector<std::string> known = Families(sources.providers);
    if (!chosen) {
      ReportMissing("EMBEDDING_FAMILY", "family", "; known: " + Listed(known));
      return nullptr;
    }
    into_.family = chosen->value;
    for (const ProviderSpec& spec : sources.providers) {
      if (spec.family == chosen->value) return &spec;
    }
    if (IsReported(*chosen, inputs_.file.family)) return nullptr;
    const std::string hint = DidYouMean(chosen->value, known);
    problems_.push_back(fmt::format("{}: unknown family {}{} known: {}", chosen->where,
                                    Quoted(chosen->value), hint.empty() ? ";" : hint,
                                    Listed(known)));
    return nullptr;
  }

  void Model() {
    const auto chosen = Choose(inputs_.sources.flags.model, "--model",
                               inputs_.variables.Find("EMBEDDING_MODEL"), inputs_.file.model);
    if (!chosen) return ReportMissing("EMBEDDING_MODEL", "model", "");
    into_.model = chosen->value;
    if (IsReported(*chosen, inputs_.file.model)) return;
    if (IsBlank(chosen->value)) {
      problems_.push_back(chosen->where + ": the name of the model is empty");
    } else if (EscapeControl(chosen->value) != chosen->value) {
      problems_.push_back(chosen->where + ": the name of the model holds control characters");
    }
  }

  // A wrong value in the file is empty here: the file's reader has reported it.
  static bool IsReported(const Placed& chosen, const std::optional<Placed>& file) {
    return chosen.value.empty() && file && file->where == chosen.where;
  }

  void ReportMissing(std::string_view variable, std::string_view key, const std::string& more) {
    if (!inputs_.file_readable) return;
    const ConfigSources& sources = inputs_.sources;
    const bool own_file = sources.config_file.name != sources.default_file.name;
    problems_.push_back(fmt::format(
        "{} is missing: set it in the environment or in .env, or embedding.{} in {}, or --{}{}",
        variable, key, own_file ? sources.config_file.name : "a config file", key, more));
  }

  void Dimensions() {
    const std::optional<int>& flag = inputs_.sources.flags.dimensions;
    const auto variable = inputs_.variables.Find("EMBEDDING_DIMENSIONS");
    const int max = static_cast<int>(kDimensionsRange.max);
    into_.dimensions = inputs_.file.dimensions;
    if (flag) {
      CheckDimensions("--dimensions", WholeNumber(std::to_string(*flag), 1, max),
                      std::to_string(*flag));
    } else if (variable) {
      CheckDimensions(variable->where, WholeNumber(variable->value, 1, max), variable->value);
    }
  }

  void CheckDimensions(const std::string& where, std::optional<int> number,
                       const std::string& text) {
    into_.dimensions = number;
    if (number) return;
    problems_.push_back(fmt::format("{}: expected an integer from 1 to {}, found {}", where,
                                    kDimensionsRange.max, Quoted(text)));
  }

  void BaseUrl(const ProviderSpec& spec) {
    into_.base_url = spec.default_base_url;
    for (const VariableSpec& variable : spec.variables) {
      if (variable.role != VariableRole::kBaseUrl) continue;
      const auto set = inputs_.variables.FindAny(variable.names);
      if (!set) continue;
      const Result<std::string> url = ParseBaseUrl(set->value);
      if (!url.ok()) {
        problems_.push_back(
            fmt::format("{}: {}{}", set->where, url.error().message, UrlFound(set->value)));
      }
      into_.base_url = url.ok() ? *url : into_.base_url;
      own_base_url_ = true;
    }
  }

  void Read(const VariableSpec& variable) {
    const auto set = inputs_.variables.FindAny(variable.names);
    if (!set) return ReportIfRequired(variable);
    const bool key = variable.secret || variable.role == VariableRole::kKey;
    const std::string problem = HeaderValueProblem(set->value, !key);
    if (!problem.empty() && variable.role != VariableRole::kBaseUrl) {
      problems_.push_back(fmt::format("{}: {}", set->where, problem));
    }
    const std::string& name = variable.names.front();
    if (variable.secret) {
      into_.secrets.insert_or_assign(name, Secret(set->value));
    } else {
      into_.variables.insert_or_assign(name, set->value);
    }
  }

  void ReportIfRequired(const VariableSpec& variable) {
    const bool excused = variable.optional_with_base_url && own_base_url_;
    if (!variable.required || excused) return;
    problems_.push_back(fmt::format("{} is missing: set it in the environment or in .env",
                                    fmt::join(variable.names, " or ")));
  }

  void Options(const ProviderSpec& spec) {
    const auto section = inputs_.file.options.find(spec.family);
    for (const OptionSpec& option : spec.options) {
      std::string& value = into_.options[option.key];
      value = option.default_value;
      if (section == inputs_.file.options.end()) continue;
      const auto own = section->second.find(option.key);
      if (own != section->second.end()) value = own->second;
    }
  }

  const ProviderInputs& inputs_;
  ProviderSettings& into_;
  std::vector<std::string>& problems_;
  bool own_base_url_ = false;
};

std::string OptionOr(const std::optional<std::string>& own, const ProviderSettings& provider,
                     std::string_view key) {
  if (own) return *own;
  const auto option = provider.options.find(key);
  return option == provider.options.end() ? std::string() : option->second;
}

}  // namespace

const ProviderSpec* ResolveProvider(const ProviderInputs& inputs, ProviderSettings& into,
                                    std::vector<std::string>& problems) {
  return Resolver(inputs, into, problems).Resolve();
}

void ResolveCollection(const ProviderSpec& spec, const ProviderSettings& provider,
                       CollectionDraft& draft, std::vector<std::string>& problems) {
  draft.config.task_type = OptionOr(draft.task_type, provider, "task_type");
  draft.config.prefix = OptionOr(draft.prefix, provider, "prefix");
  if (!draft.task_type) return;
  const auto option = std::find_if(spec.options.begin(), spec.options.end(),
                                   [](const OptionSpec& o) { return o.key == "task_type"; });
  const std::string where = draft.where + "/task_type";
  if (option == spec.options.end()) {
    problems.push_back(
        fmt::format("{}: the family {} knows no task type; remove the key", where, spec.family));
    return;
  }
  const std::vector<std::string>& allowed = option->allowed;
  if (allowed.empty()) return;
  if (std::find(allowed.begin(), allowed.end(), *draft.task_type) != allowed.end()) return;
  const std::string hint = DidYouMean(*draft.task_type, allowed);
  problems.push_back(fmt::format("{}: found {}{} allowed: {}", where, Quoted(*draft.task_type),
                                 hint.empty() ? ";" : hint, Listed(allowed)));
}

}  // namespace reembed
