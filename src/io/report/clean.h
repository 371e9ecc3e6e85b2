#pragma once

#include <string>
#include <string_view>

#include "reembed/base/secret.h"

namespace reembed {

/// The last thing that happens to every line for people: known secrets become `***`, control
/// characters and invalid bytes become visible. Secrets go first, because escaping could change
/// one beyond recognition. Cleaning twice changes nothing more.
std::string Clean(std::string_view text, const Redactor& redact);

}  // namespace reembed
