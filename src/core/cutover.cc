#include "reembed/core/cutover.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reembed/core/recipe.h"

namespace reembed {
namespace {

using Json = nlohmann::json;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Without the `_r<yyyymmddhhmmss>` of an earlier clone.
std::string_view WithoutSuffix(std::string_view name) {
  constexpr std::size_t kDigits = 14;
  if (name.size() <= kDigits + 2) return name;
  const std::string_view digits = name.substr(name.size() - kDigits);
  const std::string_view rest = name.substr(0, name.size() - kDigits);
  const bool suffixed = rest.ends_with("_r") && std::all_of(digits.begin(), digits.end(), IsDigit);
  return suffixed ? rest.substr(0, rest.size() - 2) : name;
}

}  // namespace

std::string_view ToString(CutoverKind kind) {
  switch (kind) {
    case CutoverKind::kRebuild:
      return "rebuild";
    case CutoverKind::kRebuildBack:
      return "rebuild back";
    case CutoverKind::kAlias:
      return "alias";
    case CutoverKind::kAliasBack:
      return "alias back";
  }
  return "unknown";
}

std::string_view ToString(CutoverStep step) {
  switch (step) {
    case CutoverStep::kCloning:
      return "cloning";
    case CutoverStep::kFilling:
      return "filling";
    case CutoverStep::kDropping:
      return "dropping";
    case CutoverStep::kWriting:
      return "writing";
    case CutoverStep::kAdding:
      return "adding";
    case CutoverStep::kSwitching:
      return "switching";
    case CutoverStep::kCarrying:
      return "carrying";
    case CutoverStep::kDone:
      return "done";
    case CutoverStep::kUndone:
      return "undone";
  }
  return "unknown";
}

std::optional<Cutover> FindOpenCutover(std::span<const Cutover> all, const CollectionId& collection,
                                       std::string_view field,
                                       const std::vector<std::string>& nodes) {
  const Cutover* latest = nullptr;
  for (const Cutover& cutover : all) {
    const bool concerns = cutover.field == field &&
                          (cutover.from == collection || cutover.to == collection) &&
                          SameCluster(cutover.nodes, nodes);
    if (concerns && (latest == nullptr || cutover.number > latest->number)) latest = &cutover;
  }
  if (latest == nullptr || !latest->IsOpen()) return std::nullopt;
  return *latest;
}

Result<std::string> WithDimensions(std::string_view definition, int num_dim, bool optional) {
  Json field = Json::parse(definition, nullptr, /*allow_exceptions=*/false);
  if (!field.is_object()) {
    return Error{.kind = ErrorKind::kRefused,
                 .message = "the definition of the embedding field is no JSON object"};
  }
  field["num_dim"] = num_dim;
  if (optional) field["optional"] = true;
  return field.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string CloneName(std::string_view collection, WallTime now) {
  std::string name(WithoutSuffix(collection));
  name += "_r";
  for (const char c : IsoTime(now)) {
    if (IsDigit(c)) name += c;
  }
  return name;
}

std::optional<int> DimensionsOf(std::string_view definition) {
  const auto json = nlohmann::json::parse(definition, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("num_dim")) return std::nullopt;
  const auto& length = json["num_dim"];
  return length.is_number_integer() ? std::optional(length.get<int>()) : std::nullopt;
}

bool IsOptionalField(std::string_view definition) {
  const auto json = nlohmann::json::parse(definition, nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json.contains("optional") && json["optional"] == true;
}

}  // namespace reembed
