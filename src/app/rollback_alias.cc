#include "rollback_alias.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "carry_rounds.h"
#include "copy_check.h"
#include "rollback_tools.h"

namespace reembed {
namespace {

Target TargetOf(const CollectionId& id, const std::string& field) {
  return {id.name, id.created_at, field};
}

std::vector<std::int64_t> NumbersOf(const std::vector<RunRecord>& runs) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(runs.size());
  for (const RunRecord& run : runs) numbers.push_back(run.number);
  return numbers;
}

class AliasBack {
 public:
  AliasBack(RollbackCase& work, const AliasToUndo& undo)
      : work_(work), undo_(undo), tools_(work.tools), cutover_(Planned()) {}

  Status Run() {
    if (auto able = CheckOld(); !able.ok()) return able;
    Describe();
    if (work_.dry()) return {};
    if (auto agreed = CheckAgreed(work_); !agreed.ok()) return agreed;
    if (work_.stop.drain.stop_requested()) {
      return Interrupted();
    }
    if (auto led = LeadBack(); !led.ok()) return led;
    if (auto carried = Carry(); !carried.ok()) return carried;
    return End();
  }

 private:
  Cutover Planned() const {
    if (undo_.back) return *undo_.back;
    const Cutover& made = *undo_.made;
    Cutover cutover;
    cutover.kind = CutoverKind::kAliasBack;
    cutover.step = CutoverStep::kSwitching;
    cutover.name = work_.config.name;
    cutover.nodes = work_.nodes;
    cutover.field = made.field;
    cutover.from = made.to;
    cutover.to = made.from;
    cutover.old_definition = made.new_definition;
    cutover.new_definition = made.old_definition;
    cutover.aliases = made.aliases;
    if (cutover.aliases.empty()) cutover.aliases = {work_.config.collection};
    cutover.started = tools_.clock.Wall();
    return cutover;
  }

  // From the first alias on: edits of the application would be missing meanwhile.
  StopTokens AtAbort() const { return {work_.stop.abort, work_.stop.abort}; }

  Status CheckOld() {
    const auto old = tools_.reader.Describe(cutover_.to.name, AtAbort());
    const bool gone = old.ok() ? CollectionId{old->name, old->created_at} != cutover_.to
                               : old.error().kind == ErrorKind::kNotFound;
    if (gone) {
      return Refusal(
          fmt::format("the collection {} that {} led to was deleted (`reembed retire` "
                      "does that): there is nothing to lead back to",
                      cutover_.to.name, work_.config.collection));
    }
    if (!old.ok()) return old.error();
    nested_ = old->IsNested(cutover_.field);
    return {};
  }

  void Describe() {
    CollectionRollback& result = work_.result;
    result.strategy = StrategyChoice::kAlias;
    result.collection = cutover_.from.name;
    result.aliases = cutover_.aliases;
    result.back_to = cutover_.to.name;
    result.copy = cutover_.from.name;
    if (undo_.back) result.notes.emplace_back("goes on with a rollback that was cut off");
    if (work_.options.run.empty()) return;
    const RunsToUndo older = ChooseRuns(work_.runs, TargetOf(cutover_.to, cutover_.field),
                                        work_.nodes, work_.options.run);
    if (older.verdict != RunsToUndo::Verdict::kUndo) return;
    result.notes.push_back(
        fmt::format("this undoes the switch alone; `reembed rollback --run {}` once more goes on "
                    "with the older runs of {}",
                    work_.options.run, cutover_.to.name));
  }

  Status LeadBack() {
    // The application, or a person, may have pointed them elsewhere since.
    if (cutover_.step == CutoverStep::kCarrying) return {};
    if (auto saved = SaveStep(tools_, cutover_, CutoverStep::kSwitching); !saved.ok()) {
      return saved;
    }
    const auto editor = work_.writing->writer.MakeSchemaEditor();
    for (const std::string& alias : cutover_.aliases) {
      if (auto led = LeadBack(*editor, alias); !led.ok()) return led;
    }
    return SaveStep(tools_, cutover_, CutoverStep::kCarrying);
  }

  Status LeadBack(SchemaEditor& editor, const std::string& alias) {
    const auto now = tools_.reader.Describe(alias, AtAbort());
    if (!now.ok() && now.error().kind != ErrorKind::kNotFound) return now.error();
    const std::string leads_to = now.ok() ? now->name : "";
    if (leads_to == cutover_.to.name) return {};
    if (leads_to != cutover_.from.name) {
      work_.result.notes.push_back(
          leads_to.empty()
              ? fmt::format("the alias {} is gone: left so", alias)
              : fmt::format("the alias {} leads to {} by now: left so", alias, leads_to));
      return {};
    }
    if (auto pointed = editor.PointAlias(alias, cutover_.to.name, AtAbort()); !pointed.ok()) {
      return pointed;
    }
    tools_.log.Info(fmt::format("{}: alias {} leads back from {} to {}", work_.config.name, alias,
                                cutover_.from.name, cutover_.to.name));
    return {};
  }

  Status Carry() {
    const WayBackTools way(work_);
    if (auto applied = WaitForWrites(way.strategy(), AtAbort()); !applied.ok()) return applied;
    const auto own = OwnRuns(work_.runs, Clone(), work_.nodes);
    const auto view = tools_.journal.View(Clone(), own.empty() ? Recipe{} : own.back().recipe);
    if (!view.ok()) return view.error();
    const CopySpec spec{cutover_.from.name, cutover_.to.name, cutover_.field, nested_};
    const auto carried = CarryBack(way.strategy(), spec, **view, AtAbort());
    if (!carried.ok()) return carried.error();
    CollectionRollback& result = work_.result;
    result.carried = CarriedCounts{carried->created, carried->replaced, carried->deleted};
    result.counts.left = carried->left.size();
    for (const LeftDocument& document : carried->left) {
      if (result.left.size() == kMaxLeftListed) break;
      result.left.push_back({document.id, LeftKind::kNotCarried, document.message});
    }
    return {};
  }

  // In this order: cut off in between, what is left to be done is found.
  Status End() {
    if (undo_.made) {
      Cutover made = *undo_.made;
      Status undone = SaveStep(tools_, made, CutoverStep::kUndone);
      if (!undone.ok()) return undone;
    }
    if (!undo_.runs.empty()) {
      const auto numbers = NumbersOf(undo_.runs);
      Status ended = tools_.journal.EndRestore(Clone(), numbers, tools_.clock.Wall());
      if (!ended.ok()) return ended;
    }
    return SaveStep(tools_, cutover_, CutoverStep::kDone);
  }

  Target Clone() const { return TargetOf(cutover_.from, cutover_.field); }

  RollbackCase& work_;
  const AliasToUndo& undo_;
  const RollbackTools& tools_;
  Cutover cutover_;
  bool nested_ = false;
};

// The copy never served: no document that anybody sees was touched.
Status GiveUp(RollbackCase& work, const AliasToUndo& undo) {
  Cutover made = *undo.made;
  CollectionRollback& result = work.result;
  result.strategy = StrategyChoice::kAlias;
  result.copy = made.to.name;
  result.notes.push_back(
      fmt::format("nothing was switched: {} serves on. The half-made copy {} is given up and can "
                  "be removed with `reembed retire`",
                  made.from.name, made.to.name));
  if (work.dry()) return {};
  if (made.to.created_at == 0) {
    // Cut off while it was made: `retire` deletes only what it knows for sure.
    const auto copy = work.tools.reader.Describe(made.to.name, work.stop);
    if (!copy.ok() && copy.error().kind != ErrorKind::kNotFound) return copy.error();
    if (copy.ok() && copy->name == made.to.name) made.to.created_at = copy->created_at;
  }
  if (!undo.runs.empty()) {
    auto ended = work.tools.journal.EndRestore(TargetOf(made.to, made.field), NumbersOf(undo.runs),
                                               work.tools.clock.Wall());
    if (!ended.ok()) return ended;
  }
  return SaveStep(work.tools, made, CutoverStep::kUndone);
}

}  // namespace

Status RollBackAlias(RollbackCase& work, const AliasToUndo& undo) {
  for (const RunRecord& run : undo.runs) work.result.runs.push_back(run.id);
  return undo.switched ? AliasBack(work, undo).Run() : GiveUp(work, undo);
}

}  // namespace reembed
