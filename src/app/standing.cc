#include "standing.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace reembed {
namespace {

bool IsRebuild(const Cutover& cutover) {
  return cutover.kind == CutoverKind::kRebuild || cutover.kind == CutoverKind::kRebuildBack;
}

bool SameField(const Cutover& cutover, const CollectionPlan& plan,
               const std::vector<std::string>& nodes) {
  return cutover.field == plan.config.embedding_field && SameCluster(cutover.nodes, nodes);
}

// One that stands in the way of anything on a collection of this name.
Result<std::string> OtherRebuild(const CutoverTools& tools, const CollectionPlan& plan) {
  const auto cutovers = tools.journals.Cutovers();
  if (!cutovers.ok()) return cutovers.error();
  for (const Cutover& other : *cutovers) {
    if (!other.IsOpen() || !IsRebuild(other) || other.to.name != plan.collection) continue;
    if (SameField(other, plan, tools.nodes)) continue;
    return fmt::format(
        "a rebuild of field `{}` of '{}' on {} was cut off and is not finished: end it first, with "
        "the configuration '{}' that began it",
        other.field, other.to.name, other.nodes.empty() ? "?" : other.nodes.front(), other.name);
  }
  return std::string();
}

// What was embedded for the window that is open is by the recipe of the run that opened it.
Result<std::string> OtherRecipe(const CutoverTools& tools, const CollectionPlan& plan,
                                const Recipe& recipe) {
  const Target target{plan.collection, plan.created_at, plan.config.embedding_field};
  const auto runs = tools.journals.Runs();
  if (!runs.ok()) return runs.error();
  for (auto run = runs->rbegin(); run != runs->rend(); ++run) {
    if (run->target != target || !SameCluster(run->nodes, tools.nodes)) continue;
    if (run->recipe == recipe) return std::string();
    return fmt::format(
        "field `{}` of '{}' is away since a rebuild to {} was cut off: run again with these "
        "settings, which takes no provider, or go back with `reembed rollback`; then change them",
        plan.config.embedding_field, plan.collection, Label(run->recipe));
  }
  return std::string();
}

}  // namespace

Result<bool> AwaitAlteration(StoreWriter& writer, Activity& activity, const Cutover& open,
                             const StopTokens& stop) {
  const bool altering = open.step == CutoverStep::kDropping || open.step == CutoverStep::kAdding;
  if (!IsRebuild(open) || !altering) return false;
  const WaitNotice notice(activity, "waiting for what an earlier run has asked the server to do");
  const auto waited = writer.MakeSchemaEditor()->AwaitWrites(open.to.name, stop);
  if (!waited.ok() && waited.error().kind != ErrorKind::kNotFound) return waited.error();
  return true;
}

Result<std::string> WhyNotBegin(const CutoverTools& tools, const CollectionPlan& plan,
                                const Recipe& recipe, bool limited, bool forced) {
  if (limited && plan.strategy != StrategyChoice::kInPlace) {
    return fmt::format("--limit goes with `in-place` only: `{}` concerns the whole collection",
                       ToString(plan.strategy));
  }
  auto other = OtherRebuild(tools, plan);
  if (!other.ok() || !other->empty()) return other;
  if (!plan.cutover || !IsRebuild(*plan.cutover)) return std::string();
  if (!forced) return OtherRecipe(tools, plan, recipe);
  return fmt::format(
      "field `{}` of '{}' is away since a rebuild was cut off: run again without --force to bring "
      "it "
      "back, then with it",
      plan.config.embedding_field, plan.collection);
}

Result<LeftBehind> Settle(const CutoverTools& tools, const CollectionPlan& plan,
                          const std::optional<Cutover>& open) {
  LeftBehind left;
  if (plan.cutover) return left;
  if (!open || open->kind != CutoverKind::kRebuild) {
    left.refill = !tools.recovery.Find(plan.collection).empty();
    return left;
  }
  // Who finds the field at the step of its drop finds one that was not dropped.
  const bool added = open->step != CutoverStep::kDropping &&
                     plan.old_dimensions == DimensionsOf(open->new_definition);
  left.refill = added;
  left.open = *open;
  if (added) return left;
  if (auto saved = SaveStep(tools, *left.open, CutoverStep::kUndone); !saved.ok()) {
    return saved.error();
  }
  left.open.reset();
  if (auto removed = tools.recovery.Remove(plan.collection); !removed.ok()) return removed.error();
  return left;
}

Status EndSettled(const CutoverTools& tools, const CollectionPlan& plan, LeftBehind& left) {
  if (!left.refill) return {};
  if (left.open) {
    if (auto saved = SaveStep(tools, *left.open, CutoverStep::kDone); !saved.ok()) return saved;
  }
  return tools.recovery.Remove(plan.collection);
}

}  // namespace reembed
