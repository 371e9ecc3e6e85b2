#include "plan_cutover.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "plan_options.h"

namespace reembed {
namespace {

using Json = nlohmann::json;

template <typename T>
T ValueOf(const Json& object, const char* key, T otherwise) {
  const auto found = object.find(key);
  if (found == object.end()) return otherwise;
  try {
    return found->get<T>();
  } catch (const Json::exception&) {
    return otherwise;
  }
}

// As far as the plan asks for it.
std::optional<FieldSchema> FieldOf(const std::string& definition) {
  const Json json = Json::parse(definition, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  FieldSchema field;
  field.definition = definition;
  field.name = ValueOf(json, "name", std::string());
  field.type = ValueOf(json, "type", std::string());
  field.optional = ValueOf(json, "optional", false);
  field.index = ValueOf(json, "index", true);
  const int length = ValueOf(json, "num_dim", 0);
  if (length > 0) field.num_dim = length;
  return field;
}

std::string StepText(const Cutover& cutover) {
  return fmt::format("begun {}, at the step `{}`", IsoTime(cutover.started),
                     ToString(cutover.step));
}

}  // namespace

std::optional<FieldSchema> DroppedField(const Cutover& cutover, const FieldSchema* now) {
  const bool rebuild =
      cutover.kind == CutoverKind::kRebuild || cutover.kind == CutoverKind::kRebuildBack;
  if (!rebuild || (now != nullptr && now->num_dim)) return std::nullopt;
  auto before = FieldOf(cutover.old_definition);
  if (!before || !before->num_dim) return std::nullopt;
  return before;
}

bool IsPastReturn(const Cutover& cutover) {
  return cutover.kind == CutoverKind::kAlias && cutover.step >= CutoverStep::kSwitching;
}

void GoOnFilling(const Cutover& cutover, CollectionPlan& plan) {
  if (cutover.kind != CutoverKind::kAlias) return;
  if (plan.strategy == StrategyChoice::kAlias) {
    plan.cutover = cutover;
    plan.strategy_reason = fmt::format("goes on with what was cut off: {}", StepText(cutover));
  } else if (plan.config.strategy != StrategyChoice::kAuto) {
    plan.blockers.push_back(
        fmt::format("a switch of aliases to the clone '{}' was cut off ({}): go on with "
                    "`--strategy alias`, or give it up with `reembed rollback`",
                    cutover.to.name, StepText(cutover)));
  }
}

void GoOnWith(const Cutover& cutover, const CollectionFacts& facts, CollectionPlan& plan) {
  plan.cutover = cutover;
  const bool alias = cutover.kind == CutoverKind::kAlias;
  plan.strategy = alias ? StrategyChoice::kAlias : StrategyChoice::kRebuild;
  plan.strategy_reason = fmt::format("goes on with what was cut off: {}", StepText(cutover));
  plan.options = {OptionOf(plan.strategy, facts, plan)};
}

void JudgeWayBack(const Cutover& cutover, CollectionPlan& plan) {
  if (cutover.kind != CutoverKind::kRebuildBack && cutover.kind != CutoverKind::kAliasBack) return;
  plan.cutover.reset();
  plan.blockers.push_back(
      fmt::format("a rollback of '{}' was cut off ({}, {}): end it with `reembed rollback` first",
                  plan.collection, ToString(cutover.kind), StepText(cutover)));
}

}  // namespace reembed
