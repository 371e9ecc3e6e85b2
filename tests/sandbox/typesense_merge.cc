#include "tests/sandbox/typesense_merge.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace reembed::sandbox {
namespace {

using nlohmann::json;

// Null elements of arrays and null keys of objects do not reach the store in an update.
void StripNulls(json& value) {
  if (value.is_array()) {
    auto& elements = value.get_ref<json::array_t&>();
    elements.erase(std::remove(elements.begin(), elements.end(), json(nullptr)), elements.end());
  }
  if (value.is_object()) {
    for (auto it = value.begin(); it != value.end();) {
      it = it->is_null() ? value.erase(it) : std::next(it);
    }
  }
  if (!value.is_structured()) return;
  for (json& child : value) StripNulls(child);
}

void MergeObject(json& stored, json&& update) {
  for (auto& [key, value] : update.items()) MergeKey(stored, key, std::move(value), false);
}

// The object form of a nested value replaces an earlier dotted spelling of it.
void EraseDottedBelow(json& stored, const std::string& key) {
  const std::string start = key + ".";
  auto& members = stored.get_ref<json::object_t&>();
  auto it = members.lower_bound(start);
  while (it != members.end() && it->first.compare(0, start.size(), start) == 0) {
    it = members.erase(it);
  }
}

template <typename Json>
void Collect(Json& value, const std::string& path, std::vector<Json*>& found) {
  if (value.is_array()) {
    for (auto& element : value) {
      if (element.is_object()) Collect(element, path, found);
    }
    return;
  }
  if (!value.is_object()) return;
  const auto literal = value.find(path);
  if (literal != value.end()) {
    found.push_back(&*literal);
    return;
  }
  const std::size_t dot = path.find('.');
  if (dot == std::string::npos) return;
  const auto child = value.find(path.substr(0, dot));
  if (child != value.end()) Collect(*child, path.substr(dot + 1), found);
}

}  // namespace

bool PointsIntoObject(const json& stored, const std::string& key) {
  const std::size_t dot = key.find('.');
  if (dot == std::string::npos) return false;
  const auto top = stored.find(key.substr(0, dot));
  return top != stored.end() && top->is_structured();
}

void MergeKey(json& stored, const std::string& key, json&& value, bool nested) {
  if (nested && PointsIntoObject(stored, key)) return;
  if (nested && value.is_object()) EraseDottedBelow(stored, key);
  if (value.is_null()) {
    stored.erase(key);
    return;
  }
  json& slot = stored[key];
  if (value.is_object() && slot.is_object()) {
    MergeObject(slot, std::move(value));
    return;
  }
  slot = std::move(value);
  StripNulls(slot);
}

std::vector<json*> ValuesAt(json& object, const std::string& path) {
  std::vector<json*> found;
  Collect(object, path, found);
  return found;
}

std::vector<const json*> ValuesAt(const json& object, const std::string& path) {
  std::vector<const json*> found;
  Collect(object, path, found);
  return found;
}

void ErasePath(json& object, const std::string& path) {
  if (object.is_array()) {
    for (json& element : object) ErasePath(element, path);
  }
  if (!object.is_object() || object.erase(path) > 0) return;
  const std::size_t dot = path.find('.');
  if (dot == std::string::npos) return;
  const auto child = object.find(path.substr(0, dot));
  if (child != object.end()) ErasePath(*child, path.substr(dot + 1));
}

}  // namespace reembed::sandbox
