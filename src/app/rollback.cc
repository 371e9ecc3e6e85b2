#include "rollback.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "planner.h"
#include "reembed/core/exit_code.h"
#include "restore_scan.h"
#include "restore_stage.h"
#include "rollback_runs.h"
#include "stage.h"

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

// One call of the verb. `writing` null: a dry run.
class Work {
 public:
  Work(const RollbackTools& tools, const RollbackWriting* writing, const RollbackOptions& options,
       const StopTokens& stop)
      : tools_(tools), writing_(writing), options_(options), stop_(stop) {}

  RollbackReport Run();

 private:
  ExitCode DoAll(RollbackReport& report);
  ExitCode DoOne(const CollectionConfig& config, CollectionRollback& result);
  ExitCode Undo(const CollectionConfig& config, const CollectionSchema& schema,
                const RunsToUndo& choice, CollectionRollback& result);
  Status Judge(const RestoreSpec& spec, const std::vector<RunRecord>& runs,
               CollectionRollback& result);
  Status Write(const RestoreSpec& spec, const FieldSchema& field, CollectionRollback& result);
  void Show(const CollectionRollback& result, SteadyTime started);
  // How an error is told.
  std::string Words(const Error& error) const;
  ExitCode Fail(CollectionRollback& result, const Error& error, std::string_view prefix = {}) const;
  // A trouble of this collection, or of all.
  ExitCode Stop(CollectionRollback& result, const Error& error, bool ends_all);

  const RollbackTools& tools_;
  const RollbackWriting* const writing_;
  const RollbackOptions& options_;
  const StopTokens& stop_;
  std::vector<RunRecord> runs_;
  std::optional<Error> end_;  // what keeps the remaining collections from being begun
};

RollbackReport Work::Run() {
  RollbackReport report;
  report.version = REEMBED_VERSION;
  report.run = options_.run;
  report.dry_run = writing_ == nullptr;
  report.started_at = tools_.clock.Wall();
  const SteadyTime started = tools_.clock.Now();
  auto runs = tools_.journal.Runs();
  if (!runs.ok()) {
    end_ = runs.error();
  } else if (auto known = CheckRunId(*runs, options_.run); !known.ok()) {
    end_ = known.error();
  } else {
    runs_ = std::move(*runs);
  }
  report.exit_code = DoAll(report);
  report.finished_at = tools_.clock.Wall();
  report.seconds = SecondsBetween(started, tools_.clock.Now());
  return report;
}

ExitCode Work::DoAll(RollbackReport& report) {
  ExitCode code = kExitDone;
  for (const CollectionConfig& config : tools_.config.collections) {
    CollectionRollback result;
    result.name = config.name;
    result.collection = config.collection;
    const SteadyTime started = tools_.clock.Now();
    code = Worse(code, DoOne(config, result));
    result.seconds = SecondsBetween(started, tools_.clock.Now());
    report.collections.push_back(std::move(result));
  }
  if (!end_) return code;
  report.message = Words(*end_);
  return Worse(code, ExitCodeFor(end_->kind));
}

ExitCode Work::DoOne(const CollectionConfig& config, CollectionRollback& result) {
  if (config.skip_reason) {
    result.status = RollbackStatus::kSkipped;
    result.message = *config.skip_reason;
    return kExitDone;
  }
  if (!end_ && stop_.drain.stop_requested()) {
    end_ = Error{.kind = ErrorKind::kInterrupted, .message = "interrupted"};
  }
  if (end_) return Fail(result, *end_, "not started: ");
  if (runs_.empty()) {
    result.status = RollbackStatus::kNothing;
    result.message = "the journal has no run";
    return kExitDone;
  }
  const auto schema = tools_.reader.Describe(config.collection, StopAtOnce(stop_));
  if (!schema.ok()) return Stop(result, schema.error(), EndsRun(schema.error().kind));
  result.collection = schema->name;
  const Target target{schema->name, schema->created_at, config.embedding_field};
  const RunsToUndo choice = ChooseRuns(runs_, target, tools_.config.typesense.nodes, options_.run);
  if (choice.verdict == RunsToUndo::Verdict::kUndo) return Undo(config, *schema, choice, result);
  const bool nothing = choice.verdict == RunsToUndo::Verdict::kNothing;
  result.status = nothing ? RollbackStatus::kNothing : RollbackStatus::kError;
  result.message = choice.message;
  return nothing ? kExitDone : kExitRefused;
}

ExitCode Work::Undo(const CollectionConfig& config, const CollectionSchema& schema,
                    const RunsToUndo& choice, CollectionRollback& result) {
  const FieldSchema* field = schema.Find(config.embedding_field);
  if (field == nullptr) {
    const Error missing{.kind = ErrorKind::kRefused,
                        .message = fmt::format("{} has no field `{}`: add it, then roll back again",
                                               schema.name, config.embedding_field)};
    return Stop(result, missing, false);
  }
  for (const RunRecord& run : choice.runs) result.runs.push_back(run.id);
  result.notes = choice.notes;
  const bool nested = schema.IsNested(config.embedding_field);
  const RestoreSpec spec{{schema.name, schema.created_at, config.embedding_field},
                         nested,
                         choice.Numbers(),
                         choice.WhyWithoutBackup()};
  if (auto judged = Judge(spec, choice.runs, result); !judged.ok()) {
    return Stop(result, judged.error(), EndsRun(judged.error().kind));
  }
  if (writing_ == nullptr) {
    result.status = RollbackStatus::kPlanned;
    return kExitDone;
  }
  if (options_.end_only && result.counts.to_restore > 0) {
    const Error late{.kind = ErrorKind::kTransient,
                     .message = "documents to restore have turned up since the plan was made"};
    return Stop(result, late, true);
  }
  if (auto written = Write(spec, *field, result); !written.ok()) {
    return Stop(result, written.error(), end_.has_value() || EndsRun(written.error().kind));
  }
  const RollbackCounts& counts = result.counts;
  const bool whole = counts.left == 0 && counts.failed == 0;
  result.status = whole ? RollbackStatus::kRestored : RollbackStatus::kPartial;
  return whole ? kExitDone : kExitPartial;
}

Status Work::Judge(const RestoreSpec& spec, const std::vector<RunRecord>& runs,
                   CollectionRollback& result) {
  RestoreScan visitor(tools_.journal, spec, /*note=*/writing_ != nullptr);
  if (auto begun = visitor.Begin(); !begun.ok()) return begun;
  const auto scan =
      tools_.reader.MakeScan({spec.target.collection, {spec.target.field}, "", nullptr});
  if (auto scanned = scan->Run(visitor, StopAtOnce(stop_)); !scanned.ok()) return scanned;
  if (auto finished = visitor.Finish(); !finished.ok()) return finished;
  result.counts = visitor.counts();
  result.left = visitor.left();
  result.counts.gone = CountGone(runs, visitor.with_backup());
  return {};
}

Status Work::Write(const RestoreSpec& spec, const FieldSchema& field, CollectionRollback& result) {
  // Without a document that was noted the list may still be an earlier rollback's.
  if (result.counts.to_restore > 0) {
    const auto restorer =
        writing_->writer.MakeRestorer({spec.target.collection, spec.target.field, spec.nested});
    const bool indexed = field.HasVectorIndex();
    RestoreStage stage(
        {*restorer, tools_.reader, writing_->backlog, tools_.journal, tools_.clock, tools_.log},
        spec, RequestSizeRule{.target = tools_.config.update.target}, indexed, result);
    const SteadyTime started = tools_.clock.Now();
    auto written = stage.Run([&] { Show(result, started); }, stop_);
    writing_->display.Clear();
    if (indexed && result.counts.emptied > 0) {
      result.notes.push_back(EmptiedNote(result.counts.emptied));
    }
    if (stage.read_back_differed()) end_ = written.error();
    if (!written.ok()) return written;
  }
  // What failed can be tried again only while its run counts as not rolled back.
  if (result.counts.failed > 0) return {};
  return tools_.journal.EndRestore(spec.target, spec.runs, tools_.clock.Wall());
}

void Work::Show(const CollectionRollback& result, SteadyTime started) {
  if (!writing_->display.Wanted()) return;
  Progress progress;
  progress.collection = result.name;
  progress.done = result.counts.restored + result.counts.failed;
  progress.total = result.counts.to_restore;
  progress.failed = result.counts.failed;
  progress.elapsed_seconds = SecondsBetween(started, tools_.clock.Now());
  if (progress.elapsed_seconds > 0) {
    progress.documents_per_second = static_cast<double>(progress.done) / progress.elapsed_seconds;
  }
  writing_->display.Show(progress);
}

std::string Work::Words(const Error& error) const {
  if (error.kind != ErrorKind::kInterrupted) return error.message;
  const std::string which = options_.run.empty() ? "" : " --run " + options_.run;
  return fmt::format("interrupted: run `reembed rollback{}` again to finish", which);
}

ExitCode Work::Fail(CollectionRollback& result, const Error& error, std::string_view prefix) const {
  const bool interrupted = error.kind == ErrorKind::kInterrupted;
  result.status = interrupted ? RollbackStatus::kInterrupted : RollbackStatus::kError;
  result.message = std::string(prefix) + Words(error);
  return ExitCodeFor(error.kind);
}

ExitCode Work::Stop(CollectionRollback& result, const Error& error, bool ends_all) {
  if (ends_all) end_ = error;
  return Fail(result, error);
}

}  // namespace

RollbackReport PlanRollback(const RollbackTools& tools, const RollbackOptions& options,
                            const StopTokens& stop) {
  return Work(tools, nullptr, options, stop).Run();
}

RollbackReport RunRollback(const RollbackTools& tools, const RollbackWriting& writing,
                           const RollbackOptions& options, const StopTokens& stop) {
  return Work(tools, &writing, options, stop).Run();
}

}  // namespace reembed
