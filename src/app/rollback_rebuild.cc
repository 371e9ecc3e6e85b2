#include "rollback_rebuild.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "field_window.h"
#include "planner.h"
#include "reembed/core/recovery.h"
#include "rollback_tools.h"
#include "unfit_fields.h"

namespace reembed {
namespace {

constexpr int kAddRounds = 5;

// The field's definition as the schema has it. Empty while the field is away; one that the server
// has detected by itself since has no length.
std::string PresentDefinition(const RollbackCase& work) {
  const FieldSchema* field = work.schema.Find(work.config.embedding_field);
  return field != nullptr && field->num_dim ? field->definition : "";
}

bool WasOpen(CutoverStep step) {
  return step == CutoverStep::kWriting || step == CutoverStep::kAdding;
}

class RebuildBack {
 public:
  RebuildBack(RollbackCase& work, const RebuildsToUndo& choice)
      : work_(work),
        choice_(choice),
        present_(PresentDefinition(work)),
        spec_{work.target(), work.schema.IsNested(work.config.embedding_field),
              choice.runs.Numbers(), choice.runs.WhyWithoutBackup(),
              static_cast<std::size_t>(DimensionsOf(choice.definition).value_or(0))} {}

  Status Run() {
    if (spec_.length == 0) {
      return Refusal("the journal does not say which vector length the field had");
    }
    Describe();
    const StopTokens at_once = StopAtOnce(work_.stop);
    auto judged = JudgeFields(work_, spec_, choice_.runs.runs, at_once);
    if (!judged.ok() || work_.dry()) return judged;
    if (auto agreed = CheckAgreed(work_); !agreed.ok()) return agreed;
    const WayBackTools tools(work_);
    if (auto begun = Begin(tools.cutover()); !begun.ok()) return begun;
    FieldWindow window(tools.cutover(), cutover_, spec_.nested, work_.stop);
    if (auto done = PassThrough(window); !done.ok()) {
      const Error error = window.Explain(done.error());
      work_.result.message = error.message;
      return error;
    }
    return {};
  }

 private:
  // The add that was begun last has happened.
  bool IsBack() const {
    return choice_.back && !present_.empty() &&
           SameDefinition(present_, choice_.back->new_definition,
                          choice_.back->step == CutoverStep::kAdding);
  }

  void Describe() {
    CollectionRollback& result = work_.result;
    result.strategy = StrategyChoice::kRebuild;
    result.definition = choice_.definition;
    if (choice_.back) {
      result.notes.emplace_back("goes on with a rollback that was cut off");
    } else if (present_.empty()) {
      result.notes.push_back(
          fmt::format("field `{}` is away, and vector search with it, until this is done",
                      work_.config.embedding_field));
    }
    // Cut off rebuilds were open for as long as nobody went on with them.
    for (const Cutover& rebuild : choice_.rebuilds) {
      if (!work_.dry() || rebuild.step != CutoverStep::kDone) continue;
      result.search_away_seconds =
          std::chrono::duration<double>(rebuild.changed - rebuild.started).count();
    }
  }

  Status Begin(const CutoverTools& tools) {
    if (choice_.back) {
      cutover_ = *choice_.back;
    } else {
      cutover_.kind = CutoverKind::kRebuildBack;
      cutover_.name = work_.config.name;
      cutover_.nodes = work_.nodes;
      cutover_.field = work_.config.embedding_field;
      cutover_.from = cutover_.to = work_.id();
      cutover_.old_definition =
          present_.empty() ? choice_.rebuilds.back().new_definition : present_;
      cutover_.new_definition = choice_.definition;
      cutover_.started = work_.tools.clock.Wall();
    }
    if (IsBack()) return {};
    if (!present_.empty()) {
      cutover_.step = CutoverStep::kDropping;
      return {};
    }
    return TakeOver(tools);
  }

  // The window is open: the drop was done before this call, by a rebuild, a rollback or by hand.
  Status TakeOver(const CutoverTools& tools) {
    if (!WasOpen(cutover_.step)) {
      Status saved = reembed::SaveStep(tools, cutover_, CutoverStep::kWriting);
      if (!saved.ok()) return saved;
    }
    auto file = tools.recovery.Write(cutover_.to.name, RecoveryFileText(cutover_, spec_.nested));
    if (!file.ok()) return file.error();
    work_.tools.log.Warning(fmt::format(
        "{}: field `{}` of {} is away; it gets its old vectors and its old definition back now; "
        "how to bring it back by hand is in {}:",
        cutover_.name, cutover_.field, cutover_.to.name, *file));
    for (const std::string& line : RecoveryLogLines(cutover_, spec_.nested)) {
      work_.tools.log.Warning(line);
    }
    for (Cutover rebuild : choice_.rebuilds) {
      if (!rebuild.IsOpen()) continue;
      Status undone = reembed::SaveStep(tools, rebuild, CutoverStep::kUndone);
      if (!undone.ok()) return undone;
    }
    return {};
  }

  Status PassThrough(FieldWindow& window) {
    const SteadyTime started = work_.tools.clock.Now();
    if (!IsBack()) {
      if (auto opened = window.Open(); !opened.ok()) return opened;
      auto restored = RestoreFields(work_, spec_, /*indexed=*/false, window.stop());
      if (!restored.ok()) return restored;
      SettleFailed();
      if (auto added = AddBack(window); !added.ok()) return added;
      if (!present_.empty()) {
        work_.result.search_away_seconds = SecondsBetween(started, work_.tools.clock.Now());
      }
    }
    // In this order: cut off in between, what is left to be done is found.
    if (auto undone = EndRebuilds(work_, choice_); !undone.ok()) return undone;
    return window.End(CutoverStep::kDone);
  }

  // A later call could not try again: the vector that does not fit is gone then.
  void SettleFailed() { work_.result.counts.left += std::exchange(work_.result.counts.failed, 0); }

  Status AddBack(FieldWindow& window) {
    UnfitFields unfit(work_, spec_);
    for (int round = 0; round < kAddRounds; ++round) {
      if (auto removed = unfit.Remove(window.stop()); !removed.ok()) return removed;
      if (unfit.without() > 0) {
        if (auto optional = MakeOptional(unfit.without()); !optional.ok()) return optional;
      }
      const auto added = window.Close();
      if (!added.ok()) return added.error();
      if (*added == AlterResult::kDone) return {};
    }
    if (!unfit.refused().empty()) {
      return Refusal(
          fmt::format("{}, and does not fit the old field: mend or delete it", unfit.refused()));
    }
    return Refusal(
        "the application keeps writing vectors that do not fit the old field: stop it, or switch "
        "it to the old model");
  }

  Status MakeOptional(std::uint64_t without) {
    if (IsOptionalField(cutover_.new_definition)) return {};
    auto optional = WithDimensions(cutover_.new_definition, static_cast<int>(spec_.length),
                                   /*optional=*/true);
    if (!optional.ok()) return optional.error();
    cutover_.new_definition = *std::move(optional);
    work_.result.definition = cutover_.new_definition;
    work_.result.notes.push_back(
        fmt::format("{} without a vector, so the field is `optional` now",
                    without == 1 ? "1 document is" : fmt::format("{} documents are", without)));
    return {};
  }

  RollbackCase& work_;
  const RebuildsToUndo& choice_;
  const std::string present_;
  const RestoreSpec spec_;
  Cutover cutover_;
};

}  // namespace

bool NeedsRebuildBack(const RollbackCase& work, const RebuildsToUndo& choice) {
  if (choice.back) return true;
  if (choice.definition.empty()) return false;
  const std::string present = PresentDefinition(work);
  return present.empty() || !SameDefinition(present, choice.definition);
}

Status RollBackRebuild(RollbackCase& work, const RebuildsToUndo& choice) {
  if (auto done = RebuildBack(work, choice).Run(); !done.ok() || work.dry()) return done;
  return work.tools.journal.EndRestore(work.target(), choice.runs.Numbers(),
                                       work.tools.clock.Wall());
}

Status EndRebuilds(RollbackCase& work, const RebuildsToUndo& choice) {
  bool any_open = false;
  for (Cutover rebuild : choice.rebuilds) {
    if (rebuild.step == CutoverStep::kUndone) continue;
    any_open = any_open || rebuild.IsOpen();
    if (auto saved = SaveStep(work.tools, rebuild, CutoverStep::kUndone); !saved.ok()) return saved;
  }
  return any_open ? work.writing->recovery.Remove(work.schema.name) : Status();
}

}  // namespace reembed
