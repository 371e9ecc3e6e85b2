#pragma once

#include <string_view>

namespace reembed {

/// The shipped `config/reembed.json`, compiled in: used when no config file is found, and for the
/// keys that a file leaves out.
std::string_view DefaultConfigJson();

/// The shipped `config/models.json`, compiled in.
std::string_view ModelsJson();

}  // namespace reembed
