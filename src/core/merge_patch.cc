#include "reembed/core/merge_patch.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace reembed {
namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 100;

// Whether an update that sets it leaves just this there.
bool IsPlain(const Json& value, int depth) {
  if (depth > kDeepest || value.is_null() || (value.is_object() && value.empty())) return false;
  return !value.is_structured() || std::all_of(value.begin(), value.end(), [&](const Json& part) {
    return IsPlain(part, depth + 1);
  });
}

bool Has(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  return found != object.end() && !found->is_null();
}

// 1 and 1.0 are equal to the library and not to the server.
bool IsSame(const Json& one, const Json& other) {
  return one == other && one.dump() == other.dump();
}

bool FindChanges(const Json& from, const Json& to, int depth, Json& patch);

// False: an update cannot say it.
bool FindChange(const Json& from, const std::string& name, const Json& value, int depth,
                Json& patch) {
  if (!Has(from, name)) {
    patch[name] = value;
    return IsPlain(value, depth);
  }
  const Json& before = from.at(name);
  if (before.is_object() && value.is_object()) {
    Json inner = Json::object();
    if (!FindChanges(before, value, depth + 1, inner)) return false;
    if (!inner.empty()) patch[name] = std::move(inner);
    return true;
  }
  if (IsSame(before, value)) return true;
  patch[name] = value;
  return !value.is_object() && IsPlain(value, depth);
}

bool FindChanges(const Json& from, const Json& to, int depth, Json& patch) {
  if (depth > kDeepest) return false;
  for (const auto& [name, value] : from.items()) {
    if (!value.is_null() && !Has(to, name)) patch[name] = nullptr;
  }
  const auto members = to.items();
  return std::all_of(members.begin(), members.end(), [&](const auto& member) {
    return member.value().is_null() || FindChange(from, member.key(), member.value(), depth, patch);
  });
}

}  // namespace

std::optional<std::string> MergePatch(std::string_view from, std::string_view to) {
  const Json before = Json::parse(from, nullptr, false);
  const Json after = Json::parse(to, nullptr, false);
  if (!before.is_object() || !after.is_object()) return std::nullopt;
  Json patch = Json::object();
  if (!FindChanges(before, after, 0, patch) || patch.empty()) return std::nullopt;
  return patch.dump();
}

}  // namespace reembed
