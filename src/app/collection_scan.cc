#include "collection_scan.h"

#include <fmt/format.h>

#include <string>

#include "planner.h"
#include "run_forecast.h"

namespace reembed {
namespace {

FetchSpec SpecFor(const CollectionPlan& plan, const ScanJob& job) {
  FetchSpec spec = ScanSpec(job.collection, plan.config);
  spec.whole = job.fingerprint == Fingerprint::kWholeDocument;
  return spec;
}

void Tell(const StrategyTools& tools, const CollectionPlan& plan, const ScanJob& job,
          const ScanFindings& found) {
  const std::string& name = plan.config.name;
  tools.log.Info(fmt::format(
      "{}: scan {} of {}: {} new, {} with another text, {} with another vector, {} without one of "
      "the right length, {} up to date, {} gone",
      name, job.round + 1, job.collection, found.fresh, found.stale_text, found.foreign_vector,
      found.wrong_length, found.up_to_date, found.gone));
  const bool first_look = job.round == 0 && job.order == WorkOrder::kWriteAtOnce;
  if (!first_look || found.overwritten == 0) return;
  tools.log.Warning(fmt::format(
      "{}: {} documents do not hold the vector that an earlier run wrote (the collection was "
      "restored, or the application writes the field); they are written again",
      name, found.overwritten));
}

}  // namespace

Result<ScanFindings> ScanCollection(const StrategyTools& tools, const CollectionPlan& plan,
                                    const ScanJob& job, Journal& journal, Tally& tally,
                                    const StopTokens& stop) {
  const WaitNotice notice(tools.activity, job.round == 0
                                              ? "comparing the collection with the journal"
                                              : "looking for what changed meanwhile");
  const bool limited = job.order == WorkOrder::kWriteAtOnce;
  ScanJob counting = job;
  counting.count_texts = tools.forecast != nullptr && job.round == 0;
  if (counting.count_texts) counting.max_text_tokens = tools.forecast->max_text_tokens();
  ReconcileVisitor visitor(journal, plan, counting, limited ? tools.limit : std::nullopt);
  FetchSpec spec = SpecFor(plan, job);
  const StopTokens at_once = StopAtOnce(stop);
  const auto read = [&](const FetchSpec& what) {
    return tools.reader.MakeScan(what)->Run(visitor, at_once);
  };
  if (const Status begun = visitor.Begin(); !begun.ok()) return begun.error();
  if (const Status inside = read(spec); !inside.ok()) return inside.error();
  if (job.scope == Scope::kAll && !spec.filter_by.empty()) {
    if (const Status begun = visitor.BeginOutside(); !begun.ok()) return begun.error();
    spec.filter_by.clear();
    if (const Status outside = read(spec); !outside.ok()) return outside.error();
  }
  auto findings = visitor.Finish();
  if (!findings.ok()) return findings.error();
  tally.AddUpToDate(findings->newly_up_to_date);
  tally.Correct(findings->corrected);
  Tell(tools, plan, job, *findings);
  if (counting.count_texts) {
    tools.forecast->Counted(findings->to_embed, findings->texts, findings->to_write);
  }
  return findings;
}

}  // namespace reembed
