#include "rollback_runs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "reembed/base/clock.h"

namespace reembed {
namespace {

constexpr std::size_t kIdsNamed = 5;

RunsToUndo Without(RunsToUndo::Verdict verdict, std::string message) {
  RunsToUndo choice;
  choice.verdict = verdict;
  choice.message = std::move(message);
  return choice;
}

// At least of a part of what it wrote.
bool HasBackup(const RunRecord& run) {
  return !run.pruned && (run.with_backup || run.backups > 0);
}

bool HasWholeBackup(const RunRecord& run) {
  return !run.pruned && run.with_backup;
}

std::string WhyNoBackup(const RunRecord& run) {
  if (!run.with_backup) return fmt::format("run {} kept no backup (--no-backup)", run.id);
  return fmt::format(
      "the backup of run {} was removed by `status --prune` or after `journal.keep_days`", run.id);
}

std::string IncompleteNote(const RunRecord& run) {
  if (!HasBackup(run)) return WhyNoBackup(run) + ": documents that only it wrote keep its vectors";
  return fmt::format(
      "a part of run {} was done without a backup (--no-backup): documents that it wrote then keep "
      "its vectors",
      run.id);
}

RunsToUndo Undoing(std::vector<RunRecord> runs) {
  RunsToUndo choice;
  choice.verdict = RunsToUndo::Verdict::kUndo;
  for (const RunRecord& run : runs) {
    if (!HasWholeBackup(run)) choice.notes.push_back(IncompleteNote(run));
  }
  choice.runs = std::move(runs);
  return choice;
}

// Why a target without runs has none, as far as the journal can tell.
std::string WhyNone(std::span<const RunRecord> all, const Target& target,
                    const std::vector<std::string>& nodes) {
  bool other_cluster = false;
  for (const RunRecord& run : all) {
    const bool same = SameCluster(run.nodes, nodes);
    if (run.target == target) other_cluster = other_cluster || !same;
    const bool remade = same && run.target.collection == target.collection &&
                        run.target.field == target.field &&
                        run.target.created_at != target.created_at;
    if (remade) {
      return fmt::format("the collection was made anew since run {}: left alone", run.id);
    }
  }
  return other_cluster ? "its runs were on another cluster: left alone"
                       : "the journal has no run of it";
}

RunsToUndo Latest(std::vector<RunRecord> own) {
  const auto found = std::find_if(own.rbegin(), own.rend(), [](const RunRecord& run) {
    return run.state != RunState::kRolledBack;
  });
  if (found == own.rend()) {
    return Without(RunsToUndo::Verdict::kNothing,
                   fmt::format("run {} was rolled back already", own.back().id));
  }
  if (!HasBackup(*found)) {
    return Without(RunsToUndo::Verdict::kImpossible, WhyNoBackup(*found));
  }
  return Undoing({std::move(*found)});
}

RunsToUndo From(std::vector<RunRecord> own, std::int64_t first, std::string_view asked) {
  std::erase_if(own, [&](const RunRecord& run) { return run.number < first; });
  if (own.empty()) {
    return Without(RunsToUndo::Verdict::kNothing,
                   fmt::format("it has no run from run {} on", asked));
  }
  const bool done = std::all_of(own.begin(), own.end(), [](const RunRecord& run) {
    return run.state == RunState::kRolledBack;
  });
  // No error: a rollback of several collections that ended early is finished by the same call.
  if (done) {
    return Without(RunsToUndo::Verdict::kNothing,
                   fmt::format("run {} was rolled back already", own.front().id));
  }
  return ReachBackTo(std::move(own), first);
}

}  // namespace

std::int64_t FirstNumber(std::span<const RunRecord> all, std::string_view asked) {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (const RunRecord& run : all) {
    if (run.id == asked) first = std::min(first, run.number);
  }
  return first;
}

RunsToUndo ReachBackTo(std::vector<RunRecord> own, std::int64_t number) {
  std::erase_if(own, [number](const RunRecord& run) { return run.number < number; });
  if (!own.empty() && !HasBackup(own.front())) {
    return Without(RunsToUndo::Verdict::kImpossible, WhyNoBackup(own.front()));
  }
  return Undoing(std::move(own));
}

std::vector<RunRecord> OwnRuns(std::span<const RunRecord> all, const Target& target,
                               const std::vector<std::string>& nodes) {
  std::vector<RunRecord> own;
  for (const RunRecord& run : all) {
    if (run.target == target && SameCluster(run.nodes, nodes)) own.push_back(run);
  }
  std::sort(own.begin(), own.end(),
            [](const RunRecord& a, const RunRecord& b) { return a.number < b.number; });
  return own;
}

std::vector<std::int64_t> RunsToUndo::Numbers() const {
  std::vector<std::int64_t> numbers;
  numbers.reserve(runs.size());
  for (const RunRecord& run : runs) numbers.push_back(run.number);
  return numbers;
}

std::string RunsToUndo::WhyWithoutBackup() const {
  if (!std::all_of(runs.begin(), runs.end(), std::mem_fn(&RunRecord::with_backup))) {
    return "may have been written without a backup";
  }
  return std::all_of(runs.begin(), runs.end(), HasWholeBackup) ? ""
                                                               : "its backup may have been removed";
}

RunsToUndo ChooseRuns(std::span<const RunRecord> all, const Target& target,
                      const std::vector<std::string>& nodes, std::string_view asked) {
  std::vector<RunRecord> own = OwnRuns(all, target, nodes);
  if (own.empty()) {
    return Without(RunsToUndo::Verdict::kNothing, WhyNone(all, target, nodes));
  }
  if (asked.empty()) return Latest(std::move(own));
  return From(std::move(own), FirstNumber(all, asked), asked);
}

Status CheckRunId(std::span<const RunRecord> all, std::string_view asked) {
  const auto has_id = [&](const RunRecord& run) { return run.id == asked; };
  if (asked.empty() || std::any_of(all.begin(), all.end(), has_id)) return {};
  std::vector<std::string> latest;
  for (auto run = all.rbegin(); run != all.rend() && latest.size() < kIdsNamed; ++run) {
    if (std::find(latest.begin(), latest.end(), run->id) == latest.end()) latest.push_back(run->id);
  }
  return Error{
      .kind = ErrorKind::kUsage,
      .message =
          latest.empty()
              ? fmt::format("there is no run '{}': the journal has no run at all", asked)
              : fmt::format("there is no run '{}'; the latest are {} (`reembed status` lists "
                            "all)",
                            asked, fmt::join(latest, ", "))};
}

}  // namespace reembed
