#include "embed_first.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "page_sizes.h"
#include "paid_work.h"
#include "pass.h"
#include "stage.h"
#include "stopwatch.h"
#include "write_stage.h"

namespace reembed {
namespace {

constexpr int kCatchUpRounds = 3;

std::unique_ptr<DocumentLookup> MakeLookup(const StrategyTools& tools, const CollectionPlan& plan,
                                           const ScanJob& job) {
  FetchSpec spec{job.collection, plan.config.text.fields, plan.config.filter_by};
  if (job.scope == Scope::kAll) spec.filter_by.clear();
  return tools.reader.MakeLookup(std::move(spec));
}

// At another length what is skipped for its empty text ends without a vector.
bool MustHaveText(const CollectionPlan& plan) {
  return OtherLength(plan) && !plan.optional_field && !plan.allow_missing;
}

std::string WithoutText(std::uint64_t documents) {
  return fmt::format(
      "{} no text to embed and would end without a vector, but the field is not optional: nothing "
      "was "
      "changed and nothing paid for. Give {} a text, or let the field become optional with "
      "--allow-missing",
      documents == 1 ? "1 document has" : fmt::format("{} documents have", documents),
      documents == 1 ? "it" : "them");
}

DocumentOutcome Changing(const std::string& id) {
  return {.id = id,
          .state = DocumentState::kFailed,
          .failure = {id, Stage::kCatchUp, FailureKind::kChanging,
                      fmt::format("it was changed again in each of {} rounds; run again when the "
                                  "application writes less",
                                  kCatchUpRounds)}};
}

// What every round found changed again.
CollectionEnd GiveUpChanging(Journal& journal, Tally& tally) {
  std::string after;
  for (;;) {
    const auto ids = journal.NextPending(after, kIdsAtOnce);
    if (!ids.ok()) return EndedBy(ids.error());
    if (ids->empty()) return {.complete = true};
    after = ids->back();
    std::vector<DocumentOutcome> outcomes;
    for (const std::string& id : *ids) outcomes.push_back(Changing(id));
    if (const Status saved = RecordOutcomes(journal, tally, outcomes); !saved.ok()) {
      return EndedBy(saved.error());
    }
  }
}

// The run may spend no more. A limit of failures ends it otherwise, and for all.
bool SpendingEnded(const CollectionEnd& end, const Tally& tally) {
  return end.error && end.error->kind == ErrorKind::kLimit &&
         !tally.run_totals().limit_reached().stop_requested();
}

}  // namespace

CollectionEnd EmbedFirst(const StrategyTools& tools, const CollectionPlan& plan, ScanJob job,
                         Journal& journal, Tally& tally, const StopTokens& stop) {
  const auto lookup = MakeLookup(tools, plan, job);
  const Stopwatch watch(tools.clock, tools.log, plan.config.name, "embed");
  for (job.round = 0;; ++job.round) {
    const auto found = ScanCollection(tools, plan, job, journal, tally, stop);
    if (!found.ok()) return EndedBy(found.error());
    if (MustHaveText(plan) && found->without_text > 0) {
      return {.complete = true, .stopped_because = WithoutText(found->without_text)};
    }
    const auto pending = journal.PendingCount();
    if (!pending.ok()) return EndedBy(pending.error());
    if (*pending == 0) return {.complete = true};
    if (job.round == 0) tally.BeginPhase("embedding", *pending);
    CollectionEnd end = Pass(tools, plan, journal, *lookup, nullptr, tally, stop).Run();
    // Others may have work left that costs nothing.
    if (SpendingEnded(end, tally)) end.ends_run = false;
    if (!end.complete || job.round == kCatchUpRounds) return end;
  }
}

CollectionEnd WriteAtOnce(const StrategyTools& tools, const CollectionPlan& plan, ScanJob job,
                          Journal& journal, Tally& tally, const StopTokens& stop) {
  const auto lookup = MakeLookup(tools, plan, job);
  const Stopwatch watch(tools.clock, tools.log, plan.config.name, "embed and write");
  CollectionPlan written = plan;
  written.collection = job.collection;
  const auto updater =
      tools.writer.MakeUpdater({job.collection, plan.config.embedding_field, plan.nested_field});
  // What it has proved and learned holds for all rounds.
  WriteStage writer({*updater, tools.reader, tools.backlog, journal, tally, tools.clock}, written,
                    tools.request_size);
  for (job.round = 0;; ++job.round) {
    const auto found = ScanCollection(tools, plan, job, journal, tally, stop);
    if (!found.ok()) return EndedBy(found.error());
    const auto pending = journal.PendingCount();
    if (!pending.ok()) return EndedBy(pending.error());
    if (*pending == 0) return {.complete = true};
    if (job.round > kCatchUpRounds) return GiveUpChanging(journal, tally);
    CollectionEnd end = Pass(tools, plan, journal, *lookup, &writer, tally, stop).Run();
    end.limited = found->limited;
    if (SpendingEnded(end, tally)) {
      end.ends_run = false;
      const Status free = WritePaid(plan, journal, *lookup, writer, stop);
      if (!free.ok()) return EndedBy(free.error());
    }
    if (!end.complete || tools.limit) return end;
  }
}

}  // namespace reembed
