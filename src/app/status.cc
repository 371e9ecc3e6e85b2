#include "status.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "reembed/core/recipe.h"

namespace reembed {
namespace {

StatusOfRun StateOf(RunState state) {
  switch (state) {
    case RunState::kOpen:
      return StatusOfRun::kOpen;
    case RunState::kEnded:
      return StatusOfRun::kEnded;
    case RunState::kRolledBack:
      break;
  }
  return StatusOfRun::kRolledBack;
}

StatusRun ToRun(const RunRecord& record) {
  return {.id = record.id,
          .started = record.started,
          .ended = record.ended,
          .state = StateOf(record.state),
          .recipe = Label(record.recipe),
          .with_backup = record.with_backup,
          .pruned = record.pruned,
          .backups = record.backups};
}

bool IsOf(const StatusTarget& status, const Target& target) {
  return status.collection == target.collection && status.created_at == target.created_at &&
         status.field == target.field;
}

Result<StatusTarget> NewTarget(JournalStore& journal, const RunRecord& latest) {
  const auto counts = journal.CountsOf(latest.target);
  if (!counts.ok()) return counts.error();
  return StatusTarget{.name = latest.name,
                      .collection = latest.target.collection,
                      .created_at = latest.target.created_at,
                      .field = latest.target.field,
                      .pending = counts->pending,
                      .embedded = counts->embedded,
                      .written = counts->written,
                      .skipped = counts->skipped,
                      .failed = counts->failed,
                      .to_restore = counts->to_restore,
                      .runs = {}};
}

}  // namespace

Result<StatusReport> TakeStatus(JournalStore* journal, const std::string& path) {
  StatusReport report;
  report.version = REEMBED_VERSION;
  report.journal = path;
  report.exists = journal != nullptr;
  if (journal == nullptr) return report;
  const auto size = journal->SizeOnDisk();
  if (!size.ok()) return size.error();
  report.bytes_on_disk = *size;
  const auto runs = journal->Runs();
  if (!runs.ok()) return runs.error();
  // Latest first, so a target stands where its latest run does and has that run's name.
  for (auto run = runs->rbegin(); run != runs->rend(); ++run) {
    auto found = std::find_if(report.targets.begin(), report.targets.end(),
                              [&](const StatusTarget& t) { return IsOf(t, run->target); });
    if (found == report.targets.end()) {
      auto target = NewTarget(*journal, *run);
      if (!target.ok()) return target.error();
      found = report.targets.insert(found, std::move(*target));
    }
    found->runs.push_back(ToRun(*run));
  }
  return report;
}

Result<StatusReport> PruneJournal(JournalStore& journal, const std::string& path, WallTime now) {
  const auto pruned = journal.Prune(now);
  if (!pruned.ok()) return pruned.error();
  auto report = TakeStatus(&journal, path);
  if (report.ok()) {
    report->pruned =
        StatusPruned{pruned->runs, pruned->backups, pruned->vectors, pruned->vectors_needed};
  }
  return report;
}

}  // namespace reembed
