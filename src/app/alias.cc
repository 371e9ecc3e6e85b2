#include "alias.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alias_switch.h"
#include "carry_rounds.h"
#include "collection_scan.h"
#include "copy_check.h"
#include "copy_stage.h"
#include "embed_first.h"
#include "id_counter.h"
#include "stage.h"
#include "stopwatch.h"

namespace reembed {
namespace {

constexpr int kCatchUpRounds = 3;

std::string Documents(std::uint64_t count) {
  return count == 1 ? "1 document" : fmt::format("{} documents", count);
}

// One run of the strategy, from a clone that stands to the last catch-up.
class AliasRun {
 public:
  AliasRun(const CutoverTools& tools, Cutover& cutover, const CollectionPlan& plan,
           Journal& journal, Tally& tally, const StopTokens& stop)
      : cutover_tools_(tools),
        tools_(tools.strategy),
        cutover_(cutover),
        was_switching_(cutover.step >= CutoverStep::kSwitching),
        served_(IsServed(cutover, plan)),
        plan_(plan),
        spec_{cutover.from.name, cutover.to.name, plan.config.embedding_field, plan.nested_field},
        journal_(journal),
        tally_(tally),
        stop_(stop) {}

  CollectionEnd Run() {
    if (auto known = LearnClone(); !known.ok()) return EndedBy(known.error());
    if (was_switching_ && !served_) {
      if (auto looked = LookAgain(); !looked.ok()) return EndedBy(looked.error());
    }
    if (!served_ && !touched_) {
      copies_.emplace(tools_, plan_, spec_, journal_, tally_);
      if (auto end = Fill()) return *std::move(end);
      if (auto end = FinishCopies()) return *std::move(end);
    }
    if (auto end = Switch()) return *std::move(end);
    return CarryAndCatchUp();
  }

 private:
  using End = std::optional<CollectionEnd>;

  ScanJob SourceJob() const {
    return {.collection = spec_.source,
            .order = WorkOrder::kEmbedFirst,
            .scope = Scope::kAll,
            .fingerprint = Fingerprint::kWholeDocument,
            .backup = false};
  }

  // From the switch until all is carried over the first signal is not heeded: edits that the
  // application has made would be missing meanwhile.
  StopTokens AtAbort() const { return {stop_.abort, stop_.abort}; }

  static End Stopped(std::string why) {
    return CollectionEnd{.complete = true, .stopped_because = std::move(why)};
  }

  Status LearnClone() {
    auto schema = tools_.reader.Describe(spec_.destination, stop_);
    if (!schema.ok()) return schema.error();
    clone_ = *std::move(schema);
    const FieldSchema* field = clone_.Find(spec_.field);
    optional_ = field != nullptr && field->optional;
    return {};
  }

  // An earlier run has begun the switch and the alias does not lead to the clone: it was not
  // switched, or a node does not know it yet, or somebody has pointed it back. If the application
  // has written into the clone meanwhile, nothing of that may be written over or deleted, as
  // filling does: then the rules of carrying over hold.
  Status LookAgain() {
    if (auto applied = WaitForWrites(tools_, stop_); !applied.ok()) return applied;
    const auto now = tools_.reader.Describe(plan_.config.collection, stop_);
    if (!now.ok()) return now.error();
    served_ = CollectionId{now->name, now->created_at} == cutover_.to;
    if (served_) return {};
    const auto other = HoldsOther(tools_.reader, spec_, journal_, stop_);
    if (!other.ok()) return other.error();
    touched_ = *other;
    if (touched_) {
      tools_.log.Warning(fmt::format(
          "{}: {} was written to since an earlier run began to switch {} to it; it is switched now "
          "and what changed in {} is carried over",
          plan_.config.name, spec_.destination, plan_.config.collection, spec_.source));
    }
    return {};
  }

  End Fill() {
    if (auto affordable = CheckIdsEarly(); !affordable.ok()) return EndedBy(affordable.error());
    if (cutover_.step < CutoverStep::kFilling) {
      const Status saved = SaveStep(cutover_tools_, cutover_, CutoverStep::kFilling);
      if (!saved.ok()) return EndedBy(saved.error());
    }
    // One round more comes right before the switch.
    for (int round = 0; round < kCatchUpRounds; ++round) {
      const std::uint64_t before = copies_->moved();
      if (auto end = Round(ChangedText::kLeave)) return end;
      if (copies_->moved() == before) break;
    }
    return std::nullopt;
  }

  // Before anything is paid for.
  Status CheckIdsEarly() {
    if (!plan_.config.automatic_ids) return {};
    const auto documents = tools_.reader.Count(spec_.source, "", stop_);
    if (!documents.ok()) return documents.error();
    const auto steps = CountIdsToUseUp(tools_.reader, spec_.source, *documents, stop_);
    if (!steps.ok()) return steps.error();
    return {};
  }

  // Embeds, copies and deletes what the source's present state asks for.
  End Round(ChangedText changed) {
    CollectionEnd embedded = EmbedFirst(tools_, plan_, SourceJob(), journal_, tally_, stop_);
    if (!embedded.complete || !embedded.stopped_because.empty()) return embedded;
    // Of the last pass: one that failed before and was edited since may be embedded by now.
    const auto failed = journal_.FailedCount();
    if (!failed.ok()) return EndedBy(failed.error());
    if (*failed > 0 && !plan_.allow_missing) return Stopped(NotEmbedded(*failed));
    if (auto noted = NoteMissing(*failed); !noted.ok()) return EndedBy(noted.error());
    if (auto copied = copies_->Copy(changed, stop_); !copied.ok()) return EndedBy(copied.error());
    if (auto deleted = copies_->DeleteOrphans(stop_); !deleted.ok()) {
      return EndedBy(deleted.error());
    }
    if (copies_->refused() > 0) return Stopped(NotCopied(copies_->refused()));
    return std::nullopt;
  }

  std::string NotEmbedded(std::uint64_t failed) const {
    return fmt::format(
        "{} could not be embedded, so {} was not switched; the clone {} stays and nothing is paid "
        "for again. Mend or delete {} and run again, or let {} end without a vector with "
        "--allow-missing",
        Documents(failed), plan_.config.collection, spec_.destination, failed == 1 ? "it" : "them",
        failed == 1 ? "it" : "them");
  }

  std::string NotCopied(std::uint64_t refused) const {
    return fmt::format(
        "{} refused {}, so {} was not switched; the clone stays. Mend {} in {} and run again",
        spec_.destination, Documents(refused), plan_.config.collection,
        refused == 1 ? "it" : "them", spec_.source);
  }

  // What is to end without a vector, as is allowed, needs a field that may be missing.
  Status NoteMissing(std::uint64_t failed) {
    const bool may_need = plan_.allow_missing && !optional_ && OtherLength(plan_);
    if (failed == 0 && !may_need) return {};
    ScanJob job = SourceJob();
    job.failed_go_without = true;
    const auto found = ScanCollection(tools_, plan_, job, journal_, tally_, stop_);
    if (!found.ok()) return found.error();
    const bool needs = failed > 0 || (OtherLength(plan_) && found->go_without > 0);
    return needs && !optional_ ? MakeOptional() : Status{};
  }

  Status MakeOptional() {
    auto definition =
        WithDimensions(cutover_.new_definition, plan_.new_dimensions, /*optional=*/true);
    if (!definition.ok()) return definition.error();
    const auto editor = tools_.writer.MakeSchemaEditor();
    const auto replaced = editor->ReplaceField(spec_.destination, *definition, stop_);
    if (!replaced.ok()) return replaced.error();
    if (*replaced != AlterResult::kDone) {
      return Refusal(
          fmt::format("{} does not let `{}` become optional: delete that clone and run "
                      "again",
                      spec_.destination, spec_.field));
    }
    optional_ = true;
    cutover_.new_definition = *std::move(definition);
    return SaveStep(cutover_tools_, cutover_, cutover_.step);
  }

  // Nothing may come between the last round and the switch: what changes from then on is carried
  // over. So what takes time comes before it, and is repeated when the round was not the last.
  End FinishCopies() {
    if (plan_.config.automatic_ids) {
      const Status moved = MoveIdCounter(tools_, spec_.source, spec_.destination, stop_);
      if (!moved.ok()) return EndedBy(moved.error());
    }
    for (int round = 0;; ++round) {
      if (auto end = Check()) return end;
      if (auto end = Round(ChangedText::kCopy)) return end;
      const auto why = WhyNotYet(round == kCatchUpRounds);
      if (!why.ok()) return EndedBy(why.error());
      if (why->empty()) return std::nullopt;
      if (round == kCatchUpRounds) return Stopped(*why);
    }
  }

  End Check() {
    if (auto applied = WaitForWrites(tools_, stop_); !applied.ok()) return EndedBy(applied.error());
    auto trouble = CheckCopies(cutover_tools_, spec_, journal_, tally_, !was_switching_, stop_);
    if (!trouble.ok()) return EndedBy(trouble.error());
    if (*trouble) return Stopped(**std::move(trouble));
    return std::nullopt;
  }

  // What the last round has left undone; empty: nothing.
  Result<std::string> WhyNotYet(bool last) {
    const auto pending = journal_.PendingCount();
    if (!pending.ok()) return pending.error();
    const auto embedded = journal_.EmbeddedCount();
    if (!embedded.ok()) return embedded.error();
    // What is embedded and was not copied was gone when it was to be read. When that happens again
    // and again, the carrying over finds it gone.
    if (*pending > 0 || (*embedded > 0 && !last)) {
      return fmt::format(
          "{} changed again in each of {} rounds, so {} was not switched; the clone stays. Run "
          "again when the application writes less",
          Documents(*pending + *embedded), kCatchUpRounds, plan_.config.collection);
    }
    auto trouble = CompareCounts(cutover_tools_, spec_, journal_, tally_, stop_);
    if (!trouble.ok()) return trouble.error();
    return trouble->value_or("");
  }

  // The configured alias first: it tells a rerun whether the switch was begun. Those that an
  // earlier run has begun to switch stay among them.
  std::vector<std::string> AliasesToSwitch() const {
    if (served_) return cutover_.aliases;
    std::vector<std::string> aliases = {plan_.config.collection};
    const auto add = [&](const std::string& alias) {
      const bool known = std::find(aliases.begin(), aliases.end(), alias) != aliases.end();
      if (!known) aliases.push_back(alias);
    };
    if (was_switching_) std::for_each(cutover_.aliases.begin(), cutover_.aliases.end(), add);
    if (plan_.all_aliases) std::for_each(plan_.aliases.begin(), plan_.aliases.end(), add);
    return aliases;
  }

  End Switch() {
    if (cutover_.step >= CutoverStep::kCarrying) return std::nullopt;
    const std::string asked = served_ ? "" : plan_.config.collection;
    if (!served_) {
      auto why = WhyNotSwitch(tools_, asked, cutover_, clone_, touched_, stop_);
      if (!why.ok()) return EndedBy(why.error());
      if (!why->empty()) return Stopped(*std::move(why));
    }
    cutover_.aliases = AliasesToSwitch();
    Status done = SaveStep(cutover_tools_, cutover_, CutoverStep::kSwitching);
    if (done.ok()) done = SwitchAliases(tools_, cutover_, asked, AtAbort());
    if (done.ok()) done = SaveStep(cutover_tools_, cutover_, CutoverStep::kCarrying);
    if (!done.ok()) return EndedBy(done.error());
    return std::nullopt;
  }

  // The clone as it serves now.
  CollectionPlan ServedPlan() const {
    CollectionPlan plan = plan_;
    plan.collection = spec_.destination;
    plan.created_at = cutover_.to.created_at;
    plan.old_dimensions = plan_.new_dimensions;
    plan.optional_field = optional_;
    return plan;
  }

  // Somebody may have deleted it after a run that was cut off: then nothing can be taken over.
  Result<bool> SourceIsThere() {
    const auto schema = tools_.reader.Describe(spec_.source, AtAbort());
    if (schema.ok() && schema->created_at == cutover_.from.created_at) return true;
    if (!schema.ok() && schema.error().kind != ErrorKind::kNotFound) return schema.error();
    return false;
  }

  std::string SourceGone() const {
    return fmt::format(
        "{} was deleted before what was last written to it could be carried over: what the "
        "application inserted, edited or deleted there in the moments before {} was switched to {} "
        "is missing, or back. Everything else is in order; write those documents again if you know "
        "them",
        spec_.source, plan_.config.collection, spec_.destination);
  }

  CollectionEnd CarryAndCatchUp() {
    const CollectionPlan served = ServedPlan();
    if (auto applied = WaitForWrites(tools_, AtAbort()); !applied.ok()) {
      return EndedBy(applied.error());
    }
    std::vector<LeftDocument> left;
    const auto there = SourceIsThere();
    if (!there.ok()) return EndedBy(there.error());
    if (*there) {
      const Stopwatch watch(tools_.clock, tools_.log, plan_.config.name, "carry over");
      CarriedForward carried =
          CarryForward(tools_, served, SourceJob(), spec_, journal_, tally_, AtAbort());
      if (!carried.end.complete || !carried.end.stopped_because.empty()) return carried.end;
      left = std::move(carried.left);
    }
    const ScanJob job{
        .collection = spec_.destination, .scope = Scope::kAll, .backup = tools_.backup};
    CollectionEnd end = WriteAtOnce(tools_, served, job, journal_, tally_, stop_);
    // Last, as the catch-up finds nothing wrong with them.
    if (auto noted = NoteLeft(left); !noted.ok() && !end.error) return EndedBy(noted.error());
    // Cut off, a rerun carries over once more, and finds what is left once more.
    if (!end.complete) return end;
    const Status done = SaveStep(cutover_tools_, cutover_, CutoverStep::kDone);
    if (!done.ok()) return EndedBy(done.error());
    if (!*there && end.stopped_because.empty()) end.stopped_because = SourceGone();
    return end;
  }

  Status NoteLeft(const std::vector<LeftDocument>& left) {
    std::vector<DocumentOutcome> outcomes;
    outcomes.reserve(left.size());
    for (const LeftDocument& document : left) {
      outcomes.push_back(
          {.id = document.id,
           .state = DocumentState::kFailed,
           .failure = {document.id, Stage::kCatchUp, FailureKind::kChanging, document.message}});
    }
    return RecordOutcomes(journal_, tally_, outcomes);
  }

  const CutoverTools& cutover_tools_;
  const StrategyTools& tools_;
  Cutover& cutover_;
  const bool was_switching_;  // an earlier run has begun to switch: the clone may have served
  bool served_;
  bool touched_ = false;  // it does not serve, and somebody else has written into it
  const CollectionPlan& plan_;
  const CopySpec spec_;
  Journal& journal_;
  Tally& tally_;
  const StopTokens& stop_;
  std::optional<CopyStage> copies_;
  CollectionSchema clone_;
  bool optional_ = false;  // the clone's field
};

}  // namespace

CollectionEnd AliasStrategy::Run(const CollectionPlan& plan, Journal& journal, Tally& tally,
                                 const StopTokens& stop) {
  if (tools_.strategy.limit) {
    return EndedBy({.kind = ErrorKind::kUsage,
                    .message = "--limit goes with `in-place` only: `alias` concerns the whole "
                               "collection"});
  }
  return AliasRun(tools_, cutover_, plan, journal, tally, stop).Run();
}

}  // namespace reembed
