#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/core/config_sources.h"

namespace reembed {

/// One value of a configuration file, with its place there. Objects keep the order of the file and
/// also their repeated members, so that each of them is checked.
struct JsonValue {
  enum class Type : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

  Type type = Type::kNull;
  bool boolean = false;
  double number = 0;                     ///< exact for integers up to 2^53
  std::string text = {};                 ///< of a string
  std::vector<JsonValue> children = {};  ///< items of an array, values of an object
  std::string key = {};                  ///< within the object that holds it
  std::string pointer = {};              ///< RFC 6901, fit to be shown; empty at the top
  bool refused = false;                  ///< holds a secret: reported, not to be read

  /// The first member of that name; null when there is none. Only objects have members.
  const JsonValue* Find(std::string_view name) const;
};

/// What was read of a file.
struct JsonText {
  std::optional<JsonValue> root;      ///< absent when the text is not JSON
  std::vector<std::string> problems;  ///< `file:line:column: …` or `file: /pointer: repeated key`
};

/// Reads strict JSON: no comments, no trailing text, valid UTF-8, at most 64 levels deep.
/// Problems quote nothing of the file but the names of keys. Pure.
JsonText ParseJsonText(const NamedText& file);

}  // namespace reembed
