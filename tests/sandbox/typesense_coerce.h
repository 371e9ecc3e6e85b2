#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace reembed::sandbox {

// Whether a value is of a field's element type ("string", "int32", "int64", "float", "bool").
// Types this server does not check are met by everything.
bool HasType(const nlohmann::json& value, const std::string& type);

// Turns a value into the element type if the server would; false leaves it unchanged.
bool Coerce(nlohmann::json& value, const std::string& type);

// "an int32", or with `array` "an array of int32": the server's articles differ from type to type.
std::string TypePhrase(const std::string& type, bool array);

}  // namespace reembed::sandbox
