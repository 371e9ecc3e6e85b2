#include "tests/sandbox/typesense_selection.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace reembed::sandbox {
namespace {

using nlohmann::json;

std::set<std::string> Names(const Params& params, const char* key) {
  std::set<std::string> names;
  for (const std::string& part : Split(Param(params, key), ',')) names.insert(Trim(part));
  return names;
}

bool StartsWith(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

bool Matches(const std::string& name, const std::string& path) {
  if (name == path) return true;
  if (!name.empty() && name.back() == '*') {
    return StartsWith(path, name.substr(0, name.size() - 1));
  }
  return StartsWith(path, name + ".");
}

bool AnyMatches(const std::set<std::string>& names, const std::string& path) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return Matches(name, path); });
}

bool AnyBelow(const std::set<std::string>& names, const std::string& path) {
  const auto next = names.upper_bound(path + ".");
  return next != names.end() && StartsWith(*next, path + ".");
}

bool AppendObject(const json& object, const std::string& path, const Selection& selection,
                  std::string& out) {
  const std::size_t start = out.size();
  out += '{';
  for (const auto& [key, value] : object.items()) {
    const std::size_t before = out.size();
    if (before > start + 1) out += ',';
    out += json(key).dump() + ':';
    if (!AppendSelected(value, path + "." + key, selection, out)) out.resize(before);
  }
  out += '}';
  if (out.size() > start + 2 || selection.Includes(path)) return true;
  out.resize(start);
  return false;
}

bool AppendArray(const json& array, const std::string& path, const Selection& selection,
                 std::string& out) {
  const std::size_t start = out.size();
  out += '[';
  for (const json& element : array) {
    const std::size_t before = out.size();
    if (before > start + 1) out += ',';
    if (!AppendSelected(element, path, selection, out)) out.resize(before);
  }
  out += ']';
  return true;
}

}  // namespace

Selection::Selection(const Params& params)
    : include_(Names(params, "include_fields")), exclude_(Names(params, "exclude_fields")) {}

bool Selection::Includes(const std::string& path) const {
  return include_.empty() || AnyMatches(include_, path);
}

bool Selection::Excludes(const std::string& path) const {
  return AnyMatches(exclude_, path);
}

bool Selection::Descends(const std::string& path) const {
  return AnyBelow(include_, path) || AnyBelow(exclude_, path);
}

bool AppendSelected(const json& value, const std::string& path, const Selection& selection,
                    std::string& out) {
  if (selection.Excludes(path)) return false;
  if (selection.Descends(path)) {
    if (value.is_object()) return AppendObject(value, path, selection, out);
    if (value.is_array()) return AppendArray(value, path, selection, out);
  }
  if (!selection.Includes(path)) return false;
  out += value.dump();
  return true;
}

}  // namespace reembed::sandbox
