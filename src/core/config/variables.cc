#include "variables.h"

#include <charconv>
#include <utility>

#include "reembed/base/text.h"

namespace reembed {
namespace {

Variables WithoutBlanks(Variables variables) {
  std::erase_if(variables, [](const auto& entry) { return IsBlank(entry.second); });
  return variables;
}

}  // namespace

VariableSource::VariableSource(Variables environment, const std::optional<EnvFile>& env_file,
                               std::string env_file_name)
    : environment_(WithoutBlanks(std::move(environment))),
      env_file_name_(std::move(env_file_name)) {
  if (env_file) env_file_ = WithoutBlanks(env_file->variables);
  merged_ = environment_;
  merged_.insert(env_file_.begin(), env_file_.end());
}

std::optional<Variable> VariableSource::Find(std::string_view name) const {
  return FindAny({std::string(name)});
}

std::optional<Variable> VariableSource::FindAny(const std::vector<std::string>& names) const {
  for (const std::string& name : names) {
    const auto found = environment_.find(name);
    if (found != environment_.end()) return Variable{found->second, "environment: " + name};
  }
  for (const std::string& name : names) {
    const auto found = env_file_.find(name);
    if (found != env_file_.end()) return Variable{found->second, env_file_name_ + ": " + name};
  }
  return std::nullopt;
}

std::optional<int> WholeNumber(std::string_view text, int min, int max) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || number < min || number > max) return std::nullopt;
  return number;
}

}  // namespace reembed
