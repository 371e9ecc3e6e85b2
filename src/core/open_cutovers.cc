#include "reembed/core/open_cutovers.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan_cutover.h"
#include "reembed/core/recipe.h"

namespace reembed {
namespace {

bool IsRebuild(const Cutover& cutover) {
  return cutover.kind == CutoverKind::kRebuild || cutover.kind == CutoverKind::kRebuildBack;
}

bool Concerns(const Cutover& cutover, const CollectionId& collection) {
  return cutover.from == collection || cutover.to == collection;
}

// A clone that was begun has no `created_at`: no other cutover can concern it.
bool IsLatestFor(const CollectionId& collection, const Cutover& cutover,
                 std::span<const Cutover> all) {
  if (collection.created_at == 0 && !IsRebuild(cutover)) return false;
  const auto latest = FindOpenCutover(all, collection, cutover.field, cutover.nodes);
  return latest && latest->number == cutover.number;
}

void SortByNumber(std::vector<Cutover>& cutovers) {
  std::sort(cutovers.begin(), cutovers.end(),
            [](const Cutover& a, const Cutover& b) { return a.number < b.number; });
}

// A copy whose `created_at` was never learned could be anything.
std::optional<LeftCollection> LeftBy(const Cutover& cutover) {
  if (cutover.kind != CutoverKind::kAlias || cutover.IsOpen()) return std::nullopt;
  const bool switched = cutover.step == CutoverStep::kDone;
  const CollectionId& id = switched ? cutover.from : cutover.to;
  if (id.created_at == 0) return std::nullopt;
  return LeftCollection{cutover.name, id, cutover.field, cutover.nodes, cutover.changed};
}

std::string WhatText(const Cutover& cutover) {
  switch (cutover.kind) {
    case CutoverKind::kRebuild:
      return fmt::format("a rebuild of {}", cutover.to.name);
    case CutoverKind::kRebuildBack:
      return fmt::format("a rollback of the rebuild of {}", cutover.to.name);
    case CutoverKind::kAlias:
      return fmt::format("an alias switch from {} to {}", cutover.from.name, cutover.to.name);
    case CutoverKind::kAliasBack:
      break;
  }
  return fmt::format("a rollback of an alias switch, from {} back to {},", cutover.from.name,
                     cutover.to.name);
}

}  // namespace

std::vector<Cutover> OpenCutovers(std::span<const Cutover> all) {
  std::vector<Cutover> open;
  std::copy_if(all.begin(), all.end(), std::back_inserter(open), [&](const Cutover& cutover) {
    return cutover.IsOpen() &&
           (IsLatestFor(cutover.from, cutover, all) || IsLatestFor(cutover.to, cutover, all));
  });
  SortByNumber(open);
  return open;
}

std::vector<LeftCollection> LeftCollections(std::span<const Cutover> all) {
  std::vector<Cutover> sorted(all.begin(), all.end());
  SortByNumber(sorted);
  const std::vector<Cutover> open = OpenCutovers(all);
  std::vector<LeftCollection> left;
  for (const Cutover& cutover : sorted) {
    const auto one = LeftBy(cutover);
    if (!one) continue;
    const bool in_work = std::any_of(open.begin(), open.end(), [&](const Cutover& other) {
      return Concerns(other, one->id) && SameCluster(other.nodes, one->nodes);
    });
    if (in_work) continue;
    // Left twice: the last time counts.
    std::erase_if(left, [&](const LeftCollection& earlier) {
      return earlier.id == one->id && SameCluster(earlier.nodes, one->nodes);
    });
    left.push_back(*one);
  }
  return left;
}

bool LeadsBack(const Cutover& cutover) {
  return cutover.kind == CutoverKind::kRebuildBack || cutover.kind == CutoverKind::kAliasBack;
}

bool MayBeAway(const Cutover& cutover) {
  return IsRebuild(cutover) && cutover.IsOpen();
}

bool IsAway(const Cutover& cutover, const FieldSchema* now) {
  if (!MayBeAway(cutover)) return false;
  return now == nullptr || DroppedField(cutover, now).has_value();
}

std::optional<int> LengthByJournal(std::span<const Cutover> all, const CollectionId& collection,
                                   std::string_view field, const std::vector<std::string>& nodes) {
  const Cutover* latest = nullptr;
  for (const Cutover& cutover : all) {
    const bool concerns = cutover.field == field && Concerns(cutover, collection) &&
                          SameCluster(cutover.nodes, nodes);
    if (concerns && (latest == nullptr || cutover.number > latest->number)) latest = &cutover;
  }
  if (latest == nullptr) return std::nullopt;
  const bool after =
      latest->to == collection && !(IsRebuild(*latest) && latest->step == CutoverStep::kUndone);
  return DimensionsOf(after ? latest->new_definition : latest->old_definition);
}

std::string CutOffText(const Cutover& cutover) {
  return fmt::format("{} was cut off at the step `{}`, since {}", WhatText(cutover),
                     ToString(cutover.step), IsoTime(cutover.changed));
}

std::string GoOnText(const Cutover& cutover, const std::string& recovery_file) {
  std::string text = LeadsBack(cutover)
                         ? "run `reembed rollback` again to finish it"
                         : "run `reembed` again to go on with it, or `reembed rollback` to go back";
  if (!recovery_file.empty()) {
    text += fmt::format("; without reembed the calls in {} bring the field back", recovery_file);
  }
  return text;
}

}  // namespace reembed
