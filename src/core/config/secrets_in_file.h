#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json_text.h"
#include "reembed/core/provider_spec.h"

namespace reembed {

/// True when `text` has the shape of a credential: a word that begins like the keys of well-known
/// vendors (`sk-…`, `AIza…`), or a URL with user information before the host.
bool LooksLikeSecret(std::string_view text);

/// Finds secrets in a config file, by the names of keys and the shapes of values, whatever the
/// depth. Each is reported with its pointer and the variable that takes it, never with its value,
/// and marked `refused`, so that nothing else reads or quotes it. The name of a collection is not
/// taken for a secret's.
void RefuseSecrets(const std::string& file, const std::vector<ProviderSpec>& providers,
                   JsonValue& root, std::vector<std::string>& problems);

}  // namespace reembed
