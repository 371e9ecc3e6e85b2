#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "reembed/base/result.h"

namespace reembed {

/// A price with the day it was read from the vendor's page.
struct Price {
  double usd_per_million_tokens = 0;
  std::string as_of;  ///< YYYY-MM-DD
};

/// What is known of a model in advance (`config/models.json`).
struct ModelFacts {
  int native_dimensions = 0;
  int min_dimensions = 0;
  bool accepts_dimensions = true;  ///< false: the parameter must not be sent
  std::uint64_t max_tokens_per_text = 0;
  bool normalized_when_shortened = true;  ///< false: shortened vectors come un-normalised
  bool uses_task_type = false;
  std::optional<Price> price;
};

/// All models of `models.json`, by family and name. A value.
class ModelCatalogue {
 public:
  /// Parses the file; errors name the JSON pointer.
  static Result<ModelCatalogue> Parse(std::string_view json);

  /// Null when the model is not listed: then lengths are learned and no limit is assumed.
  const ModelFacts* Find(std::string_view family, std::string_view model) const;

 private:
  std::map<std::pair<std::string, std::string>, ModelFacts> models_;
};

}  // namespace reembed
