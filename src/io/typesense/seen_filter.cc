#include "src/io/typesense/seen_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "reembed/base/text.h"
#include "src/io/typesense/id_lookup.h"

namespace reembed {
namespace {

using Json = nlohmann::json;

// Proxies and servers refuse long addresses.
constexpr std::size_t kLongest = 3'000;
// With that of the id half of the operations that every server takes.
constexpr std::size_t kMostConditions = 24;

bool IsPlainName(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

bool HasWords(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

// Such a field may hold more than a filter for it takes.
bool Fits(const FieldSchema& field, const Json& value) {
  return field.type == "int64" || (value >= std::numeric_limits<std::int32_t>::min() &&
                                   value <= std::numeric_limits<std::int32_t>::max());
}

// What stands behind `field:=`.
std::optional<std::string> Operand(const FieldSchema& field, const Json& value) {
  const bool integer = field.type == "int32" || field.type == "int64";
  if (integer && value.is_number_integer() && Fits(field, value)) return value.dump();
  if (field.type == "bool" && value.is_boolean()) return value.dump();
  if (field.type != "string" || !value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  if (!IsNameable(text) || !HasWords(text)) return std::nullopt;
  return "`" + text + "`";
}

std::vector<std::string> Conditions(const Json& seen, const Json& members,
                                    const CollectionSchema& schema) {
  std::vector<std::string> conditions;
  std::size_t length = 0;
  for (const auto& [name, changed] : members.items()) {
    const auto value = seen.find(name);
    const FieldSchema* const field = schema.Find(name);
    if (value == seen.end() || field == nullptr || !field->index || !IsPlainName(name)) continue;
    const auto operand = Operand(*field, *value);
    if (!operand) continue;
    std::string condition = name + ":=" + *operand;
    const std::size_t more = PercentEncode(condition).size();
    if (length + more > kLongest || conditions.size() == kMostConditions) continue;
    length += more;
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

}  // namespace

std::string SeenFilter(const DocumentChange& change, const CollectionSchema& schema) {
  const std::string_view id = change.id;
  const Json seen = Json::parse(change.seen, nullptr, false);
  const Json members = Json::parse(change.members, nullptr, false);
  if (!seen.is_object() || !members.is_object() || !IsNameable(id)) return {};
  const auto conditions = Conditions(seen, members, schema);
  if (conditions.empty()) return {};
  return IdFilter(fmt::format("{}", fmt::join(conditions, " && ")), {&id, 1});
}

std::string WithoutServersKeys(std::string document, const CollectionSchema& schema) {
  Json json = Json::parse(document, nullptr, false);
  if (!json.is_object()) return document;
  std::size_t erased = json.erase(".ref");
  for (const FieldSchema& field : schema.fields) {
    if (!field.reference.empty()) erased += json.erase(field.name + "_sequence_id");
  }
  return erased > 0 ? json.dump() : document;
}

}  // namespace reembed
