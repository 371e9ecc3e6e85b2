#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/core/config_sources.h"

namespace reembed {

/// A variable that is set, with the place that errors mention: `environment: TYPESENSE_PORT`.
struct Variable {
  std::string value;
  std::string where;
};

/// Environment over `.env`. A blank variable counts as absent in both. A value.
class VariableSource {
 public:
  VariableSource(Variables environment, const std::optional<EnvFile>& env_file,
                 std::string env_file_name);

  std::optional<Variable> Find(std::string_view name) const;
  /// Of several names for one thing: the first that the environment knows, else `.env`.
  std::optional<Variable> FindAny(const std::vector<std::string>& names) const;
  /// Both as one.
  const Variables& merged() const { return merged_; }

 private:
  Variables environment_;
  Variables env_file_;
  Variables merged_;
  std::string env_file_name_;
};

/// A whole number from `min` to `max` in decimal digits; nothing when it is anything else.
std::optional<int> WholeNumber(std::string_view text, int min, int max);

}  // namespace reembed
