#include "tests/sandbox/typesense_detect.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_merge.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

std::string ScalarType(const json& value) {
  if (value.is_string()) return "string";
  if (value.is_boolean()) return "bool";
  if (value.is_number_float()) return "float";
  return value.is_number() ? "int64" : "";
}

// "" for a value that does not tell its type.
std::string DetectedType(const json& value) {
  if (!value.is_array()) return ScalarType(value);
  if (value.empty()) return "";
  const bool fraction = std::any_of(value.begin(), value.end(),
                                    [](const json& each) { return each.is_number_float(); });
  const std::string element = fraction ? "float" : ScalarType(value.front());
  return element.empty() ? "" : element + "[]";
}

void AddField(const std::string& name, const std::string& type, Schema& schema) {
  if (type.empty() || name == "id" || schema.Find(name) != nullptr) return;
  Field field;
  field.name = name;
  field.type = type;
  field.optional = true;
  field.sort = type == "int64" || type == "float" || type == "bool";
  schema.fields.push_back(std::move(field));
}

void AddLeaves(const std::string& path, const json& value, bool in_array, Schema& schema) {
  const bool objects = value.is_array() && !value.empty() && value.front().is_object();
  if (objects) {
    for (const json& element : value) AddLeaves(path, element, true, schema);
    return;
  }
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) {
      AddLeaves(path + "." + key, child, in_array, schema);
    }
    return;
  }
  std::string type = DetectedType(value);
  if (in_array && !type.empty() && !value.is_array()) type += "[]";
  AddField(path, type, schema);
}

void DetectBelowObjects(const Document& document, Schema& schema) {
  // A copy of the names, because the fields grow meanwhile.
  std::vector<std::string> objects;
  for (const Field& field : schema.fields) {
    if (field.ElementType() == "object" && field.index) objects.push_back(field.name);
  }
  for (const std::string& name : objects) {
    for (const json* value : ValuesAt(document.keys(), name)) {
      AddLeaves(name, *value, false, schema);
    }
  }
}

}  // namespace

void DetectFields(const Document& document, Schema& schema) {
  if (schema.nested) DetectBelowObjects(document, schema);
  if (!schema.HasPattern()) return;
  for (const auto& [key, value] : document.keys().items()) {
    AddField(key, DetectedType(value), schema);
  }
}

}  // namespace reembed::sandbox
