#include "alias_switch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace reembed {
namespace {

// The real name behind an alias; empty when it is gone.
Result<std::string> LeadsTo(StoreReader& reader, const std::string& alias, const StopTokens& stop) {
  const auto now = reader.Describe(alias, stop);
  if (!now.ok() && now.error().kind == ErrorKind::kNotFound) return std::string();
  if (!now.ok()) return now.error();
  return now->name;
}

std::string Elsewhere(const std::string& leads_to) {
  return leads_to.empty() ? "is gone" : fmt::format("leads to {} by now", leads_to);
}

bool TakesAnyField(const FieldSchema& field) {
  return field.name.find(".*") != std::string::npos;
}

// A detected field may be missing always.
bool ComesWithDocuments(const CollectionSchema& schema, const FieldSchema& field) {
  if (!field.optional) return false;
  if (std::any_of(schema.fields.begin(), schema.fields.end(), TakesAnyField)) return true;
  for (auto dot = field.name.find('.'); dot != std::string::npos;
       dot = field.name.find('.', dot + 1)) {
    const FieldSchema* parent = schema.Find(std::string_view{field.name}.substr(0, dot));
    if (parent != nullptr && parent->type.starts_with("object")) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> FieldsThatDiffer(const CollectionSchema& source,
                                          const CollectionSchema& clone, const std::string& field) {
  std::vector<std::string> names;
  for (const FieldSchema& declared : source.fields) {
    if (declared.name == field) continue;
    const FieldSchema* copied = clone.Find(declared.name);
    const bool same = copied != nullptr ? copied->definition == declared.definition
                                        : ComesWithDocuments(source, declared);
    if (!same) names.push_back(declared.name);
  }
  for (const FieldSchema& copied : clone.fields) {
    if (copied.name != field && source.Find(copied.name) == nullptr) names.push_back(copied.name);
  }
  return names;
}

Result<std::string> WhyNotSwitch(const StrategyTools& tools, const std::string& alias,
                                 const Cutover& cutover, const CollectionSchema& clone,
                                 bool touched, const StopTokens& stop) {
  const auto now = tools.reader.Describe(alias, stop);
  if (!now.ok() && now.error().kind != ErrorKind::kNotFound) return now.error();
  const std::string leads_to = now.ok() ? now->name : "";
  if (leads_to == cutover.to.name) return std::string();
  if (leads_to != cutover.from.name) {
    return fmt::format(
        "the alias {} {}, and not to {}: somebody has changed it meanwhile, so nothing was "
        "switched. Run again",
        alias, Elsewhere(leads_to), cutover.from.name);
  }
  const auto differ = FieldsThatDiffer(*now, clone, cutover.field);
  if (differ.empty()) return std::string();
  std::string what =
      fmt::format("the schema of {} was changed after the clone {} was made of it (`{}`)",
                  cutover.from.name, cutover.to.name, fmt::join(differ, "`, `"));
  if (touched) {
    tools.log.Warning(fmt::format("{}: {}; change {} alike", cutover.name, what, cutover.to.name));
    return std::string();
  }
  return fmt::format(
      "{}, so {} was not switched: the clone has to be made anew. Give it up with `reembed "
      "rollback` and run again; what was embedded is not paid for again",
      what, alias);
}

Status SwitchAliases(const StrategyTools& tools, Cutover& cutover, const std::string& asked,
                     const StopTokens& stop) {
  const auto editor = tools.writer.MakeSchemaEditor();
  std::vector<std::string> switched;
  for (const std::string& alias : cutover.aliases) {
    const auto leads_to = alias == asked ? Result<std::string>(cutover.from.name)
                                         : LeadsTo(tools.reader, alias, stop);
    if (!leads_to.ok()) return leads_to.error();
    if (*leads_to != cutover.from.name && *leads_to != cutover.to.name) {
      tools.log.Warning(fmt::format("{}: the alias {} {} and was not switched", cutover.name, alias,
                                    Elsewhere(*leads_to)));
      continue;
    }
    switched.push_back(alias);
    if (*leads_to == cutover.to.name) continue;
    Status pointed = editor->PointAlias(alias, cutover.to.name, stop);
    if (!pointed.ok()) return pointed;
    tools.log.Info(fmt::format("{}: alias {} switched from {} to {}", cutover.name, alias,
                               cutover.from.name, cutover.to.name));
  }
  cutover.aliases = std::move(switched);
  return {};
}

}  // namespace reembed
