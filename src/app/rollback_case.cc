#include "rollback_case.h"

#include <fmt/format.h>

#include <algorithm>

#include "restore_stage.h"

namespace reembed {
namespace {

// What a null takes from the document it does not take from the vector index (Typesense 29).
std::string EmptiedNote(std::uint64_t emptied) {
  return fmt::format(
      "{} {} no vector again; Typesense may still find {} by the new one until it restarts or the "
      "field is dropped and added",
      emptied, emptied == 1 ? "document has" : "documents have", emptied == 1 ? "it" : "them");
}

// Documents of the runs that the scan did not show. Of several runs nobody knows how many documents
// they have in common, so the largest one counts.
std::uint64_t CountGone(const std::vector<RunRecord>& runs, std::uint64_t shown) {
  std::uint64_t most = 0;
  for (const RunRecord& run : runs) most = std::max(most, run.backups);
  return most > shown ? most - shown : 0;
}

void ShowProgress(const RollbackCase& work, SteadyTime started) {
  ProgressDisplay& display = work.writing->display;
  if (!display.Wanted()) return;
  const RollbackCounts& counts = work.result.counts;
  Progress progress;
  progress.collection = work.result.name;
  progress.done = counts.restored + counts.failed;
  progress.total = counts.to_restore;
  progress.failed = counts.failed;
  progress.elapsed_seconds = SecondsBetween(started, work.tools.clock.Now());
  if (progress.elapsed_seconds > 0) {
    progress.documents_per_second = static_cast<double>(progress.done) / progress.elapsed_seconds;
  }
  display.Show(progress);
}

}  // namespace

Status CheckAgreed(RollbackCase& work) {
  if (!work.options.end_only || !work.result.ChangesStore()) return {};
  work.ends_all = true;
  return Error{.kind = ErrorKind::kTransient,
               .message = "documents to restore have turned up since the plan was made"};
}

Status JudgeFields(RollbackCase& work, const RestoreSpec& spec, const std::vector<RunRecord>& runs,
                   const StopTokens& stop) {
  RestoreScan visitor(work.tools.journal, spec, /*note=*/!work.dry());
  if (auto begun = visitor.Begin(); !begun.ok()) return begun;
  const auto scan =
      work.tools.reader.MakeScan({spec.target.collection, {spec.target.field}, "", nullptr});
  if (auto scanned = scan->Run(visitor, stop); !scanned.ok()) return scanned;
  if (auto finished = visitor.Finish(); !finished.ok()) return finished;
  work.result.counts = visitor.counts();
  work.result.left = visitor.left();
  work.result.counts.gone = CountGone(runs, visitor.with_backup());
  if (work.dry()) return {};
  // What does not fit is found again, and counted, when it is removed.
  work.result.counts.left -= visitor.unfit();
  std::erase_if(work.result.left, [](const UnrestoredDocument& document) {
    return document.kind == LeftKind::kUnfit;
  });
  return {};
}

Status RestoreFields(RollbackCase& work, const RestoreSpec& spec, bool indexed,
                     const StopTokens& stop) {
  // Without a document that was noted the list may still be an earlier rollback's.
  if (work.result.counts.to_restore == 0) return {};
  const RollbackTools& tools = work.tools;
  const auto restorer =
      work.writing->writer.MakeRestorer({spec.target.collection, spec.target.field, spec.nested});
  RestoreStage stage(
      {*restorer, tools.reader, work.writing->backlog, tools.journal, tools.clock, tools.log}, spec,
      RequestSizeRule{.target = tools.config.update.target}, indexed, work.result);
  const SteadyTime started = tools.clock.Now();
  auto written = stage.Run([&] { ShowProgress(work, started); }, stop);
  work.writing->display.Clear();
  if (indexed && work.result.counts.emptied > 0) {
    work.result.notes.push_back(EmptiedNote(work.result.counts.emptied));
  }
  work.ends_all = stage.read_back_differed();
  return written;
}

Status SaveStep(const RollbackTools& tools, Cutover& cutover, CutoverStep step) {
  cutover.step = step;
  cutover.changed = tools.clock.Wall();
  return tools.journal.SaveCutover(cutover);
}

}  // namespace reembed
