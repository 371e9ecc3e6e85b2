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
                      .runs = {},
                      .cutover = std::nullopt};
}

// Clusters may share a journal and have collections of the same name.
void Place(const RunRecord& latest, const StatusReport& report, StatusTarget& target) {
  const CollectionId id{target.collection, target.created_at};
  for (const auto& [cutover, file] : report.cutovers) {
    const bool concerns = (cutover.from == id || cutover.to == id) &&
                          cutover.field == target.field && SameCluster(cutover.nodes, latest.nodes);
    if (concerns) target.cutover = cutover;
  }
  target.left_behind = std::any_of(report.old_collections.begin(), report.old_collections.end(),
                                   [&](const LeftCollection& left) {
                                     return left.id == id && SameCluster(left.nodes, latest.nodes);
                                   });
}

Status AddCutovers(JournalStore& journal, const RecoveryFiles* recovery, StatusReport& report) {
  const auto all = journal.Cutovers();
  if (!all.ok()) return all.error();
  for (Cutover& cutover : OpenCutovers(*all)) {
    const bool find = recovery != nullptr && MayBeAway(cutover);
    std::string file = find ? recovery->Find(cutover.to.name) : std::string();
    report.cutovers.push_back({std::move(cutover), std::move(file)});
  }
  report.old_collections = LeftCollections(*all);
  return {};
}

}  // namespace

Result<StatusReport> TakeStatus(JournalStore* journal, const std::string& path,
                                const RecoveryFiles* recovery) {
  StatusReport report;
  report.version = REEMBED_VERSION;
  report.journal = path;
  report.exists = journal != nullptr;
  if (journal == nullptr) return report;
  const auto size = journal->SizeOnDisk();
  if (!size.ok()) return size.error();
  report.bytes_on_disk = *size;
  if (auto added = AddCutovers(*journal, recovery, report); !added.ok()) return added.error();
  const auto runs = journal->Runs();
  if (!runs.ok()) return runs.error();
  // Latest first, so a target stands where its latest run does and has that run's name.
  for (auto run = runs->rbegin(); run != runs->rend(); ++run) {
    auto found = std::find_if(report.targets.begin(), report.targets.end(),
                              [&](const StatusTarget& t) { return IsOf(t, run->target); });
    if (found == report.targets.end()) {
      auto target = NewTarget(*journal, *run);
      if (!target.ok()) return target.error();
      Place(*run, report, *target);
      found = report.targets.insert(found, std::move(*target));
    }
    found->runs.push_back(ToRun(*run));
  }
  return report;
}

Result<StatusReport> PruneJournal(JournalStore& journal, const std::string& path, WallTime now,
                                  const RecoveryFiles* recovery) {
  const auto pruned = journal.Prune(now);
  if (!pruned.ok()) return pruned.error();
  auto report = TakeStatus(&journal, path, recovery);
  if (report.ok()) {
    report->pruned =
        StatusPruned{pruned->runs, pruned->backups, pruned->vectors, pruned->vectors_needed};
  }
  return report;
}

}  // namespace reembed
