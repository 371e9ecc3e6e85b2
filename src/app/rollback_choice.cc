#include "rollback_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace reembed {
namespace {

bool IsRebuildOf(const Cutover& cutover, const Target& target,
                 const std::vector<std::string>& nodes) {
  return cutover.kind == CutoverKind::kRebuild &&
         cutover.to == CollectionId{target.collection, target.created_at} &&
         cutover.field == target.field && SameCluster(cutover.nodes, nodes);
}

// The run that was on at that time.
const RunRecord* RunAt(const std::vector<RunRecord>& own, WallTime time) {
  const RunRecord* latest = nullptr;
  for (const RunRecord& run : own) {
    if (run.started <= time) latest = &run;
  }
  return latest;
}

class Chooser {
 public:
  Chooser(std::vector<Cutover> rebuilds, std::vector<RunRecord> own, RebuildsToUndo& out)
      : rebuilds_(std::move(rebuilds)),
        own_(std::move(own)),
        out_(out),
        led_back_from_(LedBackFrom()) {}

  void Run() {
    if (out_.back && out_.runs.verdict == RunsToUndo::Verdict::kNothing && !own_.empty()) {
      out_.runs = ReachBackTo(own_, own_.back().number);
    }
    if (out_.runs.verdict == RunsToUndo::Verdict::kUndo) {
      while (Extend()) {
      }
    }
    if (out_.rebuilds.empty()) return;
    out_.definition = out_.rebuilds.front().old_definition;
  }

 private:
  // The latest rebuild that the way back leads to before: it was begun for that one at least.
  std::int64_t LedBackFrom() const {
    std::int64_t number = std::numeric_limits<std::int64_t>::max();
    if (!out_.back) return number;
    for (const Cutover& rebuild : rebuilds_) {
      const bool undone_before =
          rebuild.step == CutoverStep::kUndone && rebuild.changed < out_.back->started;
      if (rebuild.number > out_.back->number || undone_before) continue;
      if (SameDefinition(rebuild.old_definition, out_.back->new_definition, true)) {
        number = rebuild.number;
      }
    }
    return number;
  }

  // A rebuild that was on when one of the runs was, or that the way back leads back from.
  bool IsConcerned(const Cutover& rebuild) const {
    if (rebuild.number >= led_back_from_) return true;
    if (rebuild.step == CutoverStep::kUndone) return false;
    const WallTime from = out_.runs.runs.front().started;
    return rebuild.IsOpen() || rebuild.started >= from || rebuild.changed > from;
  }

  // True when an older run came along, with which further rebuilds may.
  bool Extend() {
    out_.rebuilds.clear();
    std::copy_if(rebuilds_.begin(), rebuilds_.end(), std::back_inserter(out_.rebuilds),
                 [this](const Cutover& rebuild) { return IsConcerned(rebuild); });
    if (out_.rebuilds.empty()) return false;
    const RunRecord* began_in = RunAt(own_, out_.rebuilds.front().started);
    if (began_in == nullptr || began_in->number >= out_.runs.runs.front().number) return false;
    out_.runs = ReachBackTo(own_, began_in->number);
    return out_.runs.verdict == RunsToUndo::Verdict::kUndo;
  }

  const std::vector<Cutover> rebuilds_;
  const std::vector<RunRecord> own_;
  RebuildsToUndo& out_;
  const std::int64_t led_back_from_;
};

}  // namespace

bool SameDefinition(std::string_view a, std::string_view b, bool but_optional) {
  if (DimensionsOf(a) != DimensionsOf(b)) return false;
  const auto one = WithDimensions(a, 1, but_optional);
  const auto other = WithDimensions(b, 1, but_optional);
  return one.ok() && other.ok() && *one == *other;
}

RebuildsToUndo ChooseRebuilds(std::span<const Cutover> cutovers, std::span<const RunRecord> runs,
                              const Target& target, const std::vector<std::string>& nodes,
                              RunsToUndo chosen) {
  RebuildsToUndo out;
  out.runs = std::move(chosen);
  out.back = FindOpenCutover(cutovers, {target.collection, target.created_at}, target.field, nodes);
  if (out.back && out.back->kind != CutoverKind::kRebuildBack) out.back.reset();
  std::vector<Cutover> rebuilds;
  std::copy_if(cutovers.begin(), cutovers.end(), std::back_inserter(rebuilds),
               [&](const Cutover& cutover) { return IsRebuildOf(cutover, target, nodes); });
  std::sort(rebuilds.begin(), rebuilds.end(),
            [](const Cutover& a, const Cutover& b) { return a.number < b.number; });
  Chooser(std::move(rebuilds), OwnRuns(runs, target, nodes), out).Run();
  if (!out.back) return out;
  if (!out.definition.empty() && !SameDefinition(out.definition, out.back->new_definition, true)) {
    out.refusal =
        "a rollback that does not reach back so far was cut off: finish it first with `reembed "
        "rollback`, then go on with this one";
  }
  out.definition = out.back->new_definition;
  return out;
}

}  // namespace reembed
