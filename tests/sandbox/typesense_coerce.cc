#include "tests/sandbox/typesense_coerce.h"

#include <charconv>

#include <nlohmann/json.hpp>

namespace reembed::sandbox {
namespace {

using nlohmann::json;

template <typename Number>
bool CoerceText(json& value) {
  const auto& text = value.get_ref<const std::string&>();
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return false;
  value = number;
  return true;
}

bool CoerceToFloat(json& value) {
  if (value.is_boolean()) {
    value = value.get<bool>() ? 1.0 : 0.0;
    return true;
  }
  return value.is_string() && CoerceText<double>(value);
}

bool CoerceToInteger(json& value) {
  if (value.is_boolean()) {
    value = value.get<bool>() ? 1 : 0;
    return true;
  }
  if (value.is_number_float()) {
    value = static_cast<std::int64_t>(value.get<double>());
    return true;
  }
  return value.is_string() && CoerceText<std::int64_t>(value);
}

bool CoerceToBool(json& value) {
  if (value == "true" || value == 1) {
    value = true;
  } else if (value == "false" || value == 0) {
    value = false;
  }
  return value.is_boolean();
}

bool CoerceToString(json& value) {
  if (!value.is_number() && !value.is_boolean()) return false;
  value = value.dump();
  return true;
}

bool IsInteger(const std::string& type) {
  return type == "int32" || type == "int64";
}

}  // namespace

bool HasType(const json& value, const std::string& type) {
  if (type == "string") return value.is_string();
  if (IsInteger(type)) return value.is_number_integer();
  if (type == "float") return value.is_number();
  if (type == "bool") return value.is_boolean();
  if (type == "object") return value.is_object();
  return true;
}

bool Coerce(json& value, const std::string& type) {
  if (type == "string") return CoerceToString(value);
  if (IsInteger(type)) return CoerceToInteger(value);
  if (type == "float") return CoerceToFloat(value);
  return type == "bool" && CoerceToBool(value);
}

std::string TypePhrase(const std::string& type, bool array) {
  const bool vowel = IsInteger(type) || type == "object";
  if (!array) return (vowel ? "an " : "a ") + type;
  return (vowel || type == "string" ? "an array of " : "a array of ") + type;
}

}  // namespace reembed::sandbox
