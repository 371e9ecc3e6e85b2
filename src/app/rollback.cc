#include "rollback.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "planner.h"
#include "reembed/core/exit_code.h"
#include "rollback_alias.h"
#include "rollback_case.h"
#include "rollback_choice.h"
#include "rollback_rebuild.h"
#include "stage.h"
#include "standing.h"

namespace reembed {
namespace {

std::string WayWithoutBackup(const Target& target) {
  return fmt::format("; field `{}` of {} is away: run `reembed` to finish what took it away",
                     target.field, target.collection);
}

// One call of the verb. `writing` null: a dry run.
class RollbackWork {
 public:
  RollbackWork(const RollbackTools& tools, const RollbackWriting* writing,
               const RollbackOptions& options, const StopTokens& stop)
      : tools_(tools), writing_(writing), options_(options), stop_(stop) {}

  RollbackReport Run();

 private:
  ExitCode DoAll(RollbackReport& report);
  Result<CollectionSchema> Describe(const CollectionConfig& config) const;
  ExitCode DoOne(const CollectionConfig& config, CollectionRollback& result);
  ExitCode Undo(RollbackCase& work);
  Status UndoBy(RollbackCase& work);
  Status UndoFields(RollbackCase& work, const RebuildsToUndo& choice);
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
  std::vector<Cutover> cutovers_;
  bool nothing_ = false;      // there is no run to undo
  std::optional<Error> end_;  // what keeps the remaining collections from being begun
};

RollbackReport RollbackWork::Run() {
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
    if (auto cutovers = tools_.journal.Cutovers(); cutovers.ok()) {
      cutovers_ = *std::move(cutovers);
    } else {
      end_ = cutovers.error();
    }
  }
  report.exit_code = DoAll(report);
  report.finished_at = tools_.clock.Wall();
  report.seconds = SecondsBetween(started, tools_.clock.Now());
  return report;
}

ExitCode RollbackWork::DoAll(RollbackReport& report) {
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

// As it is when nothing is in work any more; a dry run must not wait for that.
Result<CollectionSchema> RollbackWork::Describe(const CollectionConfig& config) const {
  const StopTokens at_once = StopAtOnce(stop_);
  auto schema = tools_.reader.Describe(config.collection, at_once);
  if (!schema.ok() || writing_ == nullptr) return schema;
  const auto open = FindOpenCutover(cutovers_, {schema->name, schema->created_at},
                                    config.embedding_field, ClusterNodes(tools_.config));
  if (!open) return schema;
  const auto waited = AwaitAlteration(writing_->writer, writing_->activity, *open, at_once);
  if (!waited.ok()) return waited.error();
  return *waited ? tools_.reader.Describe(config.collection, at_once) : schema;
}

ExitCode RollbackWork::DoOne(const CollectionConfig& config, CollectionRollback& result) {
  if (config.skip_reason) {
    result.status = RollbackStatus::kSkipped;
    result.message = *config.skip_reason;
    return kExitDone;
  }
  if (!end_ && stop_.drain.stop_requested()) {
    end_ = Interrupted();
  }
  if (end_) return Fail(result, *end_, "not started: ");
  if (runs_.empty() && cutovers_.empty()) {
    result.status = RollbackStatus::kNothing;
    result.message = "the journal has no run";
    return kExitDone;
  }
  const auto schema = Describe(config);
  if (!schema.ok()) return Stop(result, schema.error(), EndsRun(schema.error().kind));
  result.collection = schema->name;
  RollbackCase work{tools_, writing_,  options_,
                    stop_,  config,    *schema,
                    runs_,  cutovers_, ClusterNodes(tools_.config),
                    result};
  return Undo(work);
}

ExitCode RollbackWork::Undo(RollbackCase& work) {
  CollectionRollback& result = work.result;
  nothing_ = false;
  if (auto undone = UndoBy(work); !undone.ok()) {
    const Error& error = undone.error();
    return Stop(result, error, work.ends_all || EndsRun(error.kind));
  }
  if (nothing_) {
    result.status = RollbackStatus::kNothing;
    return kExitDone;
  }
  if (work.dry()) {
    result.status = RollbackStatus::kPlanned;
    return kExitDone;
  }
  const bool whole = result.counts.left == 0 && result.counts.failed == 0;
  result.status = whole ? RollbackStatus::kRestored : RollbackStatus::kPartial;
  return whole ? kExitDone : kExitPartial;
}

// Finds out which way back it is, and goes it.
Status RollbackWork::UndoBy(RollbackCase& work) {
  const auto alias = FindAliasToUndo(work);
  if (!alias.ok()) return alias.error();
  if (*alias) return RollBackAlias(work, **alias);
  const Target target = work.target();
  const RebuildsToUndo choice = ChooseRebuilds(cutovers_, runs_, target, work.nodes,
                                               ChooseRuns(runs_, target, work.nodes, options_.run));
  CollectionRollback& result = work.result;
  const FieldSchema* field = work.schema.Find(target.field);
  if (choice.runs.verdict == RunsToUndo::Verdict::kNothing) {
    nothing_ = true;
    result.message = choice.runs.message;
    return {};
  }
  if (choice.runs.verdict == RunsToUndo::Verdict::kImpossible) {
    return Refusal(choice.runs.message + (field == nullptr ? WayWithoutBackup(target) : ""));
  }
  if (!choice.refusal.empty()) return Refusal(choice.refusal);
  for (const RunRecord& run : choice.runs.runs) result.runs.push_back(run.id);
  result.notes = choice.runs.notes;
  if (NeedsRebuildBack(work, choice)) return RollBackRebuild(work, choice);
  if (field != nullptr) return UndoFields(work, choice);
  result.runs.clear();
  return Refusal(fmt::format("{} has no field `{}`: add it, then roll back again",
                             target.collection, target.field));
}

Status RollbackWork::UndoFields(RollbackCase& work, const RebuildsToUndo& choice) {
  const std::string& field = work.config.embedding_field;
  const RestoreSpec spec{work.target(), work.schema.IsNested(field), choice.runs.Numbers(),
                         choice.runs.WhyWithoutBackup()};
  auto judged = JudgeFields(work, spec, choice.runs.runs, StopAtOnce(stop_));
  if (!judged.ok() || work.dry()) return judged;
  if (auto agreed = CheckAgreed(work); !agreed.ok()) return agreed;
  const bool indexed = work.schema.Find(field)->HasVectorIndex();
  if (auto written = RestoreFields(work, spec, indexed, stop_); !written.ok()) return written;
  // What failed can be tried again only while its run counts as not rolled back.
  if (work.result.counts.failed > 0) return {};
  if (auto ended = EndRebuilds(work, choice); !ended.ok()) return ended;
  return tools_.journal.EndRestore(spec.target, spec.runs, tools_.clock.Wall());
}

std::string RollbackWork::Words(const Error& error) const {
  if (error.kind != ErrorKind::kInterrupted) return error.message;
  const std::string which = options_.run.empty() ? "" : " --run " + options_.run;
  return fmt::format("interrupted: run `reembed rollback{}` again to finish", which);
}

ExitCode RollbackWork::Fail(CollectionRollback& result, const Error& error,
                            std::string_view prefix) const {
  const bool interrupted = error.kind == ErrorKind::kInterrupted;
  result.status = interrupted ? RollbackStatus::kInterrupted : RollbackStatus::kError;
  if (result.message.empty()) result.message = std::string(prefix) + Words(error);
  return ExitCodeFor(error.kind);
}

ExitCode RollbackWork::Stop(CollectionRollback& result, const Error& error, bool ends_all) {
  if (ends_all) end_ = error;
  return Fail(result, error);
}

}  // namespace

RollbackReport PlanRollback(const RollbackTools& tools, const RollbackOptions& options,
                            const StopTokens& stop) {
  return RollbackWork(tools, nullptr, options, stop).Run();
}

RollbackReport RunRollback(const RollbackTools& tools, const RollbackWriting& writing,
                           const RollbackOptions& options, const StopTokens& stop) {
  return RollbackWork(tools, &writing, options, stop).Run();
}

}  // namespace reembed
