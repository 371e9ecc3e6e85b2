#include <algorithm>
#include <utility>

#include "rollback_alias.h"

namespace reembed {
namespace {

// The latest switch that answers.
template <typename Fits>
std::optional<Cutover> LatestSwitch(const RollbackCase& work, Fits fits) {
  std::optional<Cutover> latest;
  for (const Cutover& cutover : work.cutovers) {
    const bool considered = cutover.kind == CutoverKind::kAlias &&
                            cutover.field == work.config.embedding_field &&
                            SameCluster(cutover.nodes, work.nodes) && fits(cutover);
    if (considered && (!latest || latest->number < cutover.number)) latest = cutover;
  }
  return latest;
}

Result<bool> IsSwitched(const RollbackCase& work, const Cutover& made) {
  if (made.step >= CutoverStep::kCarrying || work.id() == made.to) return true;
  if (made.step != CutoverStep::kSwitching) return false;
  for (const std::string& alias : made.aliases) {
    const auto now = work.tools.reader.Describe(alias, work.stop);
    if (!now.ok() && now.error().kind != ErrorKind::kNotFound) return now.error();
    if (now.ok() && now->name == made.to.name) return true;
  }
  return false;
}

std::vector<RunRecord> LiveRuns(const RollbackCase& work, const CollectionId& copy) {
  auto runs =
      OwnRuns(work.runs, {copy.name, copy.created_at, work.config.embedding_field}, work.nodes);
  std::erase_if(runs, [](const RunRecord& run) { return run.state == RunState::kRolledBack; });
  return runs;
}

// Whether what is to be undone begins with the run that made the copy.
bool ReachesSwitch(const RollbackCase& work, const std::vector<RunRecord>& live) {
  const auto own = OwnRuns(work.runs, work.target(), work.nodes);
  if (own.empty()) return work.options.run.empty();
  if (live.empty() || live.front().number != own.front().number) return false;
  return work.options.run.empty() ? live.size() == 1
                                  : FirstNumber(work.runs, work.options.run) <= own.front().number;
}

}  // namespace

Result<std::optional<AliasToUndo>> FindAliasToUndo(const RollbackCase& work) {
  AliasToUndo undo;
  const auto open =
      FindOpenCutover(work.cutovers, work.id(), work.config.embedding_field, work.nodes);
  if (open && open->kind == CutoverKind::kAliasBack) {
    undo.back = open;
    undo.made = LatestSwitch(work, [&](const Cutover& made) {
      return made.from == open->to && made.to == open->from && made.number < open->number;
    });
    undo.runs = LiveRuns(work, open->from);
    return std::optional(std::move(undo));
  }
  if (open && open->kind == CutoverKind::kAlias) {
    const auto switched = IsSwitched(work, *open);
    if (!switched.ok()) return switched.error();
    undo.made = open;
    undo.switched = *switched;
    undo.runs = LiveRuns(work, open->to);
    return std::optional(std::move(undo));
  }
  undo.made = LatestSwitch(work, [&](const Cutover& made) {
    return made.to == work.id() && made.step == CutoverStep::kDone;
  });
  if (!undo.made) return std::optional<AliasToUndo>();
  undo.runs = LiveRuns(work, undo.made->to);
  if (!ReachesSwitch(work, undo.runs)) return std::optional<AliasToUndo>();
  return std::optional(std::move(undo));
}

}  // namespace reembed
