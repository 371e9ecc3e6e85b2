#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "alias.h"

namespace reembed {
namespace {

// An open run keeps its recipe's vectors from being pruned for ever.
Status EndRunsOf(const CutoverTools& tools, const Cutover& cutover) {
  const Target target{cutover.to.name, cutover.to.created_at, cutover.field};
  const auto runs = tools.journals.Runs();
  if (!runs.ok()) return runs.error();
  std::vector<std::int64_t> open;
  for (const RunRecord& run : *runs) {
    if (run.target == target && run.state == RunState::kOpen) open.push_back(run.number);
  }
  if (open.empty()) return {};
  return tools.journals.EndRestore(target, open, tools.strategy.clock.Wall());
}

// Makes the clone, or what is missing of it: it is empty as long as the step is kCloning.
Result<Cutover> MakeClone(const CutoverTools& tools, const CollectionPlan& plan, Cutover cutover,
                          const StopTokens& stop) {
  auto definition = WithDimensions(plan.definition, plan.new_dimensions, /*optional=*/false);
  if (!definition.ok()) return definition.error();
  cutover.old_definition = plan.definition;
  cutover.new_definition = *std::move(definition);
  if (auto saved = SaveStep(tools, cutover, CutoverStep::kCloning); !saved.ok()) {
    return saved.error();
  }
  const std::string& name = cutover.to.name;
  const auto editor = tools.strategy.writer.MakeSchemaEditor();
  if (auto made = editor->Clone(plan.collection, name, stop); !made.ok()) return made.error();
  const auto replaced = editor->ReplaceField(name, cutover.new_definition, stop);
  if (!replaced.ok()) return replaced.error();
  if (*replaced != AlterResult::kDone) {
    return Refusal(
        fmt::format("{} was to be a new, empty collection and holds documents: delete it "
                    "and run again",
                    name));
  }
  if (!plan.metadata.empty()) {
    const Status set = editor->SetMetadata(name, plan.metadata, stop);
    if (!set.ok()) return set.error();
  }
  const auto schema = tools.strategy.reader.Describe(name, stop);
  if (!schema.ok()) return schema.error();
  cutover.to.created_at = schema->created_at;
  if (auto saved = SaveStep(tools, cutover, CutoverStep::kFilling); !saved.ok()) {
    return saved.error();
  }
  return cutover;
}

bool HasHad(const std::vector<Cutover>& cutovers, const std::string& name) {
  return std::any_of(cutovers.begin(), cutovers.end(), [&](const Cutover& cutover) {
    return cutover.from.name == name || cutover.to.name == name;
  });
}

// What has the name is not ours to alter: another clone of the same second, which may even be the
// collection that is to be copied. And what had it, and is gone, has rows in the journal still.
Result<std::string> FreeName(const CutoverTools& tools, const CollectionPlan& plan, WallTime time,
                             const StopTokens& stop) {
  const auto cutovers = tools.journals.Cutovers();
  if (!cutovers.ok()) return cutovers.error();
  for (;; time += std::chrono::seconds(1)) {
    std::string name = CloneName(plan.collection, time);
    if (HasHad(*cutovers, name)) continue;
    const auto taken = tools.strategy.reader.Describe(name, stop);
    if (taken.ok()) continue;
    if (taken.error().kind != ErrorKind::kNotFound) return taken.error();
    return name;
  }
}

Result<Cutover> BeginClone(const CutoverTools& tools, const CollectionPlan& plan,
                           const StopTokens& stop) {
  if (!plan.alias) {
    return Refusal(
        fmt::format("`alias` needs an alias to switch, and {} is a collection's own name",
                    plan.config.collection));
  }
  Cutover cutover;
  cutover.kind = CutoverKind::kAlias;
  cutover.name = plan.config.name;
  cutover.nodes = tools.nodes;
  cutover.field = plan.config.embedding_field;
  cutover.from = {plan.collection, plan.created_at};
  cutover.started = tools.strategy.clock.Wall();
  auto name = FreeName(tools, plan, cutover.started, stop);
  if (!name.ok()) return name.error();
  cutover.to.name = *std::move(name);
  cutover.aliases = {*plan.alias};
  return MakeClone(tools, plan, std::move(cutover), stop);
}

enum class Clone : std::uint8_t { kStands, kOtherLength, kGone };

// Whether the clone stands as it was left, with vectors of the length that is wanted now.
Result<Clone> FindClone(StoreReader& reader, const Cutover& cutover, const CollectionPlan& plan,
                        const StopTokens& stop) {
  const auto schema = reader.Describe(cutover.to.name, stop);
  if (!schema.ok() && schema.error().kind == ErrorKind::kNotFound) return Clone::kGone;
  if (!schema.ok()) return schema.error();
  if (CollectionId{schema->name, schema->created_at} != cutover.to) return Clone::kGone;
  const FieldSchema* field = schema->Find(cutover.field);
  const bool fits = field != nullptr && field->num_dim == plan.new_dimensions;
  return fits ? Clone::kStands : Clone::kOtherLength;
}

Error NoAlias(const Cutover& cutover, const std::string& name) {
  return Refusal(
      fmt::format("{} is a collection, not an alias; its switch to the clone {} was begun and not "
                  "ended, and has to be ended behind the alias ({}): name that in the "
                  "configuration and run again, or give the clone up with `reembed rollback`",
                  name, cutover.to.name, fmt::join(cutover.aliases, ", ")));
}

Result<Cutover> GoOnWithClone(const CutoverTools& tools, const CollectionPlan& plan,
                              const StopTokens& stop) {
  Cutover cutover = *plan.cutover;
  const std::string& alias = plan.config.collection;
  if (cutover.kind != CutoverKind::kAlias) {
    return Refusal(
        fmt::format("a {} of {} was cut off and has to be ended first: run `reembed "
                    "rollback` again",
                    ToString(cutover.kind), plan.collection));
  }
  if (IsServed(cutover, plan)) {
    if (plan.old_dimensions == plan.new_dimensions) return cutover;
    return Refusal(fmt::format(
        "{} was switched to {} and has still to take over what changed meanwhile: run again with "
        "the settings of that run first",
        alias, cutover.to.name));
  }
  if (!plan.alias) return NoAlias(cutover, alias);
  if (cutover.step >= CutoverStep::kCarrying) {
    return Refusal(fmt::format(
        "{} was switched to {} and leads to {} again: point it to {} and run again, or undo the "
        "switch with `reembed rollback`",
        alias, cutover.to.name, plan.collection, cutover.to.name));
  }
  if (cutover.step == CutoverStep::kCloning)
    return MakeClone(tools, plan, std::move(cutover), stop);
  const auto clone = FindClone(tools.strategy.reader, cutover, plan, stop);
  if (!clone.ok()) return clone.error();
  if (*clone == Clone::kStands) return cutover;
  if (*clone == Clone::kOtherLength && cutover.step >= CutoverStep::kSwitching) {
    return Refusal(fmt::format(
        "the switch of {} to {} was begun, and {} may hold what the application has written "
        "there, with vectors of another length than is wanted now: run again with the settings of "
        "that run first, or give it up with `reembed rollback`",
        alias, cutover.to.name, cutover.to.name));
  }
  tools.strategy.log.Warning(fmt::format(
      "{}: the clone {} of an earlier run is gone or has other vectors; a new one is made",
      plan.config.name, cutover.to.name));
  if (auto ended = EndRunsOf(tools, cutover); !ended.ok()) return ended.error();
  if (auto saved = SaveStep(tools, cutover, CutoverStep::kUndone); !saved.ok()) {
    return saved.error();
  }
  return BeginClone(tools, plan, stop);
}

}  // namespace

bool IsServed(const Cutover& cutover, const CollectionPlan& plan) {
  return CollectionId{plan.collection, plan.created_at} == cutover.to;
}

Result<Cutover> PrepareClone(const CutoverTools& tools, const CollectionPlan& plan,
                             const StopTokens& stop) {
  return plan.cutover ? GoOnWithClone(tools, plan, stop) : BeginClone(tools, plan, stop);
}

}  // namespace reembed
