#include "retire.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "planner.h"
#include "reembed/core/exit_code.h"
#include "retire_choice.h"
#include "stage.h"

namespace reembed {
namespace {

// One call of the verb. `writing` null: a dry run.
class RetireWork {
 public:
  RetireWork(const RetireTools& tools, const RetireWriting* writing, const StopTokens& stop)
      : tools_(tools), writing_(writing), stop_(stop) {}

  RetireReport Run();

 private:
  ExitCode DoAll(RetireReport& report);
  ExitCode DoOne(const CollectionConfig& config, CollectionRetirement& result);
  ExitCode DoEach(std::vector<OldCollection> chosen, CollectionRetirement& result);
  ExitCode Conclude(CollectionRetirement& result) const;

  Result<bool> StillThere(OldCollection& old);
  Status MayGo(const OldCollection& old);
  Status NoAliasLeadsTo(const std::string& collection);
  Status Delete(const OldCollection& old);

  const std::vector<std::string>& nodes() const { return tools_.config.typesense.nodes; }
  ExitCode Fail(CollectionRetirement& result, const Error& error,
                std::string_view prefix = {}) const;
  // A trouble of this collection, or of all.
  ExitCode Stop(CollectionRetirement& result, const Error& error);

  const RetireTools& tools_;
  const RetireWriting* const writing_;
  const StopTokens& stop_;
  std::vector<Cutover> cutovers_;
  std::optional<Error> end_;  // what keeps the remaining collections from being begun
};

std::string Words(const Error& error) {
  if (error.kind != ErrorKind::kInterrupted) return error.message;
  return "interrupted: run `reembed retire` again to finish";
}

RetireReport RetireWork::Run() {
  RetireReport report;
  report.version = REEMBED_VERSION;
  report.dry_run = writing_ == nullptr;
  report.started_at = tools_.clock.Wall();
  const SteadyTime started = tools_.clock.Now();
  if (auto cutovers = tools_.journal.Cutovers(); cutovers.ok()) {
    cutovers_ = std::move(*cutovers);
  } else {
    end_ = cutovers.error();
  }
  report.exit_code = DoAll(report);
  report.finished_at = tools_.clock.Wall();
  report.seconds = SecondsBetween(started, tools_.clock.Now());
  return report;
}

ExitCode RetireWork::DoAll(RetireReport& report) {
  ExitCode code = kExitDone;
  for (const CollectionConfig& config : tools_.config.collections) {
    CollectionRetirement result;
    result.name = config.name;
    result.configured = config.collection;
    const SteadyTime started = tools_.clock.Now();
    code = Worse(code, DoOne(config, result));
    result.seconds = SecondsBetween(started, tools_.clock.Now());
    report.collections.push_back(std::move(result));
  }
  if (!end_) return code;
  report.message = Words(*end_);
  return Worse(code, ExitCodeFor(end_->kind));
}

ExitCode RetireWork::DoOne(const CollectionConfig& config, CollectionRetirement& result) {
  if (config.skip_reason) {
    result.status = RetireStatus::kSkipped;
    result.message = *config.skip_reason;
    return kExitDone;
  }
  if (!end_ && stop_.drain.stop_requested()) {
    end_ = Interrupted();
  }
  if (end_) return Fail(result, *end_, "not started: ");
  if (cutovers_.empty()) {
    result.message = "the journal has no alias switch";
    return kExitDone;
  }
  const auto schema = tools_.reader.Describe(config.collection, StopAtOnce(stop_));
  if (!schema.ok()) return Stop(result, schema.error());
  result.collection = schema->name;
  result.documents = schema->num_documents;
  const CollectionId now{schema->name, schema->created_at};
  if (const auto open = FindUnfinished(cutovers_, now, nodes())) {
    return Fail(result, Refusal(UnfinishedText(*open)));
  }
  return DoEach(ChooseOld(cutovers_, config, now, nodes()), result);
}

// Asks and deletes one after the other, so that each answer is fresh when it counts.
ExitCode RetireWork::DoEach(std::vector<OldCollection> chosen, CollectionRetirement& result) {
  ExitCode code = kExitDone;
  for (OldCollection& old : chosen) {
    if (stop_.drain.stop_requested()) {
      return Stop(result, Interrupted());
    }
    const auto there = StillThere(old);
    if (!there.ok()) return Stop(result, there.error());
    if (!*there) continue;
    Status done = MayGo(old);
    if (done.ok() && writing_ != nullptr) {
      done = Delete(old);
      if (done.ok()) old.state = OldState::kDeleted;
    }
    if (!done.ok()) {
      old.state = OldState::kKept;
      old.message = Words(done.error());
      code = Worse(code, ExitCodeFor(done.error().kind));
    }
    result.old.push_back(old);
    if (!done.ok() && EndsRun(done.error().kind)) return Stop(result, done.error());
  }
  return Worse(code, Conclude(result));
}

ExitCode RetireWork::Conclude(CollectionRetirement& result) const {
  if (result.old.empty()) {
    result.message = "no collection is left of an earlier alias switch";
    return kExitDone;
  }
  std::vector<std::string> kept;
  for (const OldCollection& old : result.old) {
    if (old.state == OldState::kKept) kept.push_back(old.message);
  }
  result.status = writing_ == nullptr ? RetireStatus::kPlanned : RetireStatus::kRetired;
  if (kept.empty()) return kExitDone;
  result.status = RetireStatus::kError;
  result.message = fmt::format("{}", fmt::join(kept, "; "));
  return kExitDone;
}

Result<bool> RetireWork::StillThere(OldCollection& old) {
  const auto schema = tools_.reader.Describe(old.id.name, StopAtOnce(stop_));
  if (!schema.ok() && schema.error().kind == ErrorKind::kNotFound) return false;
  if (!schema.ok()) return schema.error();
  old.documents = schema->num_documents;
  // An alias may have the name by now, or a collection that was made anew.
  return CollectionId{schema->name, schema->created_at} == old.id;
}

Status RetireWork::MayGo(const OldCollection& old) {
  for (const CollectionConfig& config : tools_.config.collections) {
    if (config.collection != old.id.name) continue;
    return Refusal(
        fmt::format("{} is the collection of '{}' in the configuration", old.id.name, config.name));
  }
  if (const auto open = FindUnfinished(cutovers_, old.id, nodes())) {
    return Refusal(UnfinishedText(*open));
  }
  return NoAliasLeadsTo(old.id.name);
}

Status RetireWork::NoAliasLeadsTo(const std::string& collection) {
  const auto aliases = tools_.reader.Aliases(StopAtOnce(stop_));
  if (!aliases.ok() && aliases.error().kind != ErrorKind::kRefused) return aliases.error();
  if (!aliases.ok()) {
    return Refusal(fmt::format(
        "whether an alias still leads to {} cannot be seen; give the key the action aliases:list "
        "({})",
        collection, aliases.error().message));
  }
  std::vector<std::string> leading;
  for (const Alias& alias : *aliases) {
    if (alias.collection == collection) leading.push_back(fmt::format("'{}'", alias.name));
  }
  if (leading.empty()) return {};
  const bool one = leading.size() == 1;
  return Refusal(fmt::format("the {} {} {} to {}: point {} elsewhere or delete {} first",
                             one ? "alias" : "aliases", fmt::join(leading, ", "),
                             one ? "leads" : "lead", collection, one ? "it" : "them",
                             one ? "it" : "them"));
}

Status RetireWork::Delete(const OldCollection& old) {
  const auto& agreed = writing_->agreed;
  if (std::find(agreed.begin(), agreed.end(), old.id) == agreed.end()) {
    return Error{.kind = ErrorKind::kTransient,
                 .message = fmt::format(
                     "{} has turned up since the question was asked: run `reembed retire` again",
                     old.id.name)};
  }
  auto deleted = writing_->writer.MakeSchemaEditor()->DeleteCollection(old.id.name, stop_);
  if (deleted.ok()) {
    tools_.log.Info(
        fmt::format("deleted the collection {} with its {} documents", old.id.name, old.documents));
    return {};
  }
  if (deleted.error().kind != ErrorKind::kRefused) return deleted;
  return Refusal(
      fmt::format("{} was not deleted, which needs the key action collections:delete: {}",
                  old.id.name, deleted.error().message));
}

ExitCode RetireWork::Fail(CollectionRetirement& result, const Error& error,
                          std::string_view prefix) const {
  const bool interrupted = error.kind == ErrorKind::kInterrupted;
  result.status = interrupted ? RetireStatus::kInterrupted : RetireStatus::kError;
  result.message = std::string(prefix) + Words(error);
  return ExitCodeFor(error.kind);
}

ExitCode RetireWork::Stop(CollectionRetirement& result, const Error& error) {
  if (EndsRun(error.kind)) end_ = error;
  return Fail(result, error);
}

}  // namespace

RetireReport PlanRetire(const RetireTools& tools, const StopTokens& stop) {
  return RetireWork(tools, nullptr, stop).Run();
}

RetireReport RunRetire(const RetireTools& tools, const RetireWriting& writing,
                       const StopTokens& stop) {
  return RetireWork(tools, &writing, stop).Run();
}

}  // namespace reembed
