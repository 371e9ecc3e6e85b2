#include "in_place.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pass.h"
#include "planner.h"
#include "reconcile_visitor.h"

namespace reembed {
namespace {

constexpr int kCatchUpRounds = 3;
constexpr std::size_t kPage = 250;

// One collection, from the first scan to the last round.
class CollectionRun {
 public:
  CollectionRun(const StrategyTools& tools, const CollectionPlan& plan, Journal& journal,
                Tally& tally)
      : tools_(tools),
        plan_(plan),
        journal_(journal),
        tally_(tally),
        lookup_(tools.reader.MakeLookup(
            {plan.collection, plan.config.text.fields, plan.config.filter_by, {}})),
        updater_(tools.writer.MakeUpdater(
            {plan.collection, plan.config.embedding_field, plan.nested_field})),
        writer_({*updater_, tools.reader, tools.backlog, journal, tally, tools.clock}, plan,
                tools.request_size) {}

  CollectionEnd Run(const StopTokens& stop) {
    for (int round = 0;; ++round) {
      const auto pending = Scan(round, stop);
      if (!pending.ok()) return Ended(pending.error());
      if (*pending == 0) return {.error = {}, .ends_run = false, .complete = true};
      if (round > kCatchUpRounds) return GiveUpChanging();
      CollectionEnd end = Pass(tools_, plan_, journal_, *lookup_, writer_, tally_, stop).Run();
      end.limited = limited_;
      if (!end.complete || tools_.limit) return end;
    }
  }

 private:
  static CollectionEnd Ended(const Error& error) {
    return {.error = error, .ends_run = EndsRun(error.kind), .complete = false};
  }

  /// How many documents are left to do.
  Result<std::uint64_t> Scan(int round, const StopTokens& stop) {
    const WaitNotice notice(tools_.activity, round == 0
                                                 ? "comparing the collection with the journal"
                                                 : "looking for what changed meanwhile");
    ReconcileVisitor visitor(journal_, plan_, tools_.backup, tools_.limit);
    if (const Status begun = visitor.Begin(); !begun.ok()) return begun.error();
    const auto scan = tools_.reader.MakeScan(ScanSpec(plan_.collection, plan_.config));
    if (const Status read = scan->Run(visitor, StopAtOnce(stop)); !read.ok()) return read.error();
    const auto findings = visitor.Finish();
    if (!findings.ok()) return findings.error();
    tally_.AddUpToDate(findings->newly_up_to_date);
    tally_.Correct(findings->corrected);
    limited_ = findings->limited;
    Tell(round, *findings);
    return journal_.PendingCount();
  }

  void Tell(int round, const ScanFindings& found) const {
    const std::string& name = plan_.config.name;
    tools_.log.Info(fmt::format(
        "{}: scan {}: {} new, {} with another text, {} with another vector, {} without one of the "
        "right length, {} up to date, {} gone",
        name, round + 1, found.fresh, found.stale_text, found.foreign_vector, found.wrong_length,
        found.up_to_date, found.gone));
    if (round > 0 || found.overwritten == 0) return;
    tools_.log.Warning(fmt::format(
        "{}: {} documents do not hold the vector that an earlier run wrote (the collection was "
        "restored, or the application writes the field); they are written again",
        name, found.overwritten));
  }

  /// What every round found changed again.
  CollectionEnd GiveUpChanging() {
    std::string after;
    for (;;) {
      const auto ids = journal_.NextPending(after, kPage);
      if (!ids.ok()) return Ended(ids.error());
      if (ids->empty()) return {.error = {}, .ends_run = false, .complete = true};
      after = ids->back();
      std::vector<DocumentOutcome> outcomes;
      for (const std::string& id : *ids) outcomes.push_back(Changing(id));
      if (const Status saved = RecordOutcomes(journal_, tally_, outcomes); !saved.ok()) {
        return Ended(saved.error());
      }
    }
  }

  static DocumentOutcome Changing(const std::string& id) {
    return {.id = id,
            .state = DocumentState::kFailed,
            .failure = {id, Stage::kCatchUp, FailureKind::kChanging,
                        fmt::format("it was changed again in each of {} rounds; run again when the "
                                    "application writes less",
                                    kCatchUpRounds)}};
  }

  const StrategyTools& tools_;
  const CollectionPlan& plan_;
  Journal& journal_;
  Tally& tally_;
  std::unique_ptr<DocumentLookup> lookup_;
  std::unique_ptr<DocumentUpdater> updater_;
  WriteStage writer_;
  bool limited_ = false;  // the limit cut the latest scan
};

}  // namespace

CollectionEnd InPlaceStrategy::Run(const CollectionPlan& plan, Journal& journal, Tally& tally,
                                   const StopTokens& stop) {
  return CollectionRun(tools_, plan, journal, tally).Run(stop);
}

}  // namespace reembed
