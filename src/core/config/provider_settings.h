#pragma once

#include <string>
#include <vector>

#include "file_settings.h"
#include "reembed/core/config_sources.h"
#include "variables.h"

namespace reembed {

/// Everything the choice of a provider depends on.
struct ProviderInputs {
  const ConfigSources& sources;
  const VariableSource& variables;
  const FileSettings& file;
  bool file_readable = true;  ///< false: nothing can be said to be missing in it
};

/// Chooses family, model and dimensions (flags, environment, `.env`, file) and reads the variables
/// of that family alone. What is missing or wrong is added to `problems`. Null when the family is
/// unknown.
const ProviderSpec* ResolveProvider(const ProviderInputs& inputs, ProviderSettings& into,
                                    std::vector<std::string>& problems);

/// Fills in what a collection leaves to the provider's section, and checks its task type against
/// the provider's.
void ResolveCollection(const ProviderSpec& spec, const ProviderSettings& provider,
                       CollectionDraft& draft, std::vector<std::string>& problems);

}  // namespace reembed
