#include "dry_run.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "batch_limits.h"
#include "probe.h"
#include "survey.h"

namespace reembed {
namespace {

constexpr Millis kProbeTimeout{300'000};

constexpr std::string_view kNotComparable =
    "what is up to date cannot be told before the vector length is known";

// Whether a run would ask the provider for anything.
bool AnythingLeft(const std::vector<PlannedCollection>& plans) {
  return std::any_of(plans.begin(), plans.end(), [](const PlannedCollection& planned) {
    return planned.plan.to_embed > 0 && planned.plan.blockers.empty();
  });
}

CollectionStatus StatusOf(ExitCode code) {
  if (code == kExitDone) return CollectionStatus::kDryRun;
  return code == kExitInterrupted ? CollectionStatus::kInterrupted : CollectionStatus::kError;
}

CollectionReport ToReport(const PlannedCollection& planned, const PlanEntry& entry, ExitCode code) {
  if (entry.config.skip_reason) {
    return ReportWithoutWork(entry.config, CollectionStatus::kSkipped, *entry.config.skip_reason);
  }
  auto report =
      ReportWithoutWork(entry.config, StatusOf(code),
                        planned.error.empty() ? JoinBlockers(planned.plan) : planned.error);
  if (!entry.facts) return report;
  report.collection = planned.plan.collection;
  report.strategy = ToString(planned.plan.strategy);
  report.matched = planned.plan.documents;
  return report;
}

}  // namespace

// What the journal knows: nothing where it must not count, or cannot be asked yet.
Result<DryRun::Knowledge> DryRun::KnowledgeOf(CollectionPlan& plan) {
  JournalStore& journal = **journal_;
  const Target target{plan.collection, plan.created_at, plan.config.embedding_field};
  const auto runs = journal.Runs();
  if (!runs.ok()) return runs.error();
  const bool known = std::any_of(runs->begin(), runs->end(),
                                 [&](const RunRecord& run) { return run.target == target; });
  if (tools_.force) plan.notes.emplace_back(kForcedNote);
  if (tools_.force || runs->empty()) return Knowledge{};
  if (plan.new_dimensions == 0) {
    if (known) plan.notes.emplace_back(kNotComparable);
    return Knowledge{};
  }
  auto view = journal.View(target, RecipeOf(tools_.config.embedding, plan.config,
                                            plan.new_dimensions, tools_.provider.max_text_tokens));
  if (!view.ok()) return view.error();
  return Knowledge{std::move(*view), known};
}

Status DryRun::LookInto(PlannedCollection& planned, const StopTokens& stop) {
  CollectionPlan& plan = planned.plan;
  const auto knowledge = KnowledgeOf(plan);
  if (!knowledge.ok()) return knowledge.error();
  const SurveyRules rules{plan, tools_.provider,
                          BatchLimitsFor(tools_.provider, tools_.config.embedding),
                          knowledge->view.get(), knowledge->known_target};
  const auto found = TakeSurvey(tools_.reader, rules, stop);
  if (!found.ok()) return found.error();
  planned.survey = found->survey;
  plan.up_to_date = found->up_to_date;
  plan.paid = found->paid;
  plan.to_embed = found->to_embed;
  ForetellJournal(plan.paid + plan.to_embed, found->survey.texts, room_, plan);
  return {};
}

std::pair<PlannedCollection, ExitCode> DryRun::Look(const PlanEntry& entry, int dimensions,
                                                    const StopTokens& stop) {
  PlannedCollection planned;
  planned.plan.config = entry.config;
  const auto failed = [&](const Error& error) {
    planned.error = error.message;
    return std::pair{planned, ExitCodeFor(error.kind)};
  };
  if (entry.error) return failed(*entry.error);
  if (!entry.facts) return {planned, kExitDone};
  planned.plan = MakePlan(entry.config, *entry.facts, dimensions);
  if (const Status looked = LookInto(planned, stop); !looked.ok()) return failed(looked.error());
  return {planned, planned.plan.blockers.empty() ? kExitDone : kExitRefused};
}

DryRunResult DryRun::Run(const StopTokens& stop) {
  const SteadyTime started = tools_.clock.Now();
  DryRunResult result;
  result.report = BeginReport(tools_, /*dry_run=*/true);
  tools_.reporter.Begin(HeaderFor(tools_, /*dry_run=*/true));
  const StopTokens at_once = StopAtOnce(stop);
  const auto entries =
      journal_.ok() ? GatherFacts(tools_.reader, tools_.config.collections, tools_.log, at_once)
                    : Result<std::vector<PlanEntry>>(journal_.error());
  if (entries.ok()) {
    PlanAll(*entries, result, at_once);
  } else {
    NoPlan(entries.error(), result.report);
  }
  EndReport(tools_, started, result.report);
  return result;
}

void DryRun::NoPlan(const Error& error, RunReport& report) const {
  report.message = error.message;
  report.exit_code = ExitCodeFor(error.kind);
  for (const CollectionConfig& config : tools_.config.collections) {
    report.collections.push_back(
        config.skip_reason
            ? ReportWithoutWork(config, CollectionStatus::kSkipped, *config.skip_reason)
            : ReportWithoutWork(config, StatusOf(ExitCodeFor(error.kind)), error.message));
  }
}

ExitCode DryRun::ProbeInto(int& dimensions, RunReport& report, const StopTokens& stop) {
  const std::string task_type = HeaderFor(tools_, /*dry_run=*/true).task_type;
  const auto probed =
      ProbeVectorLength(provider_, task_type, kProbeTimeout, tools_.provider.dimensions, stop);
  if (probed.ok()) {
    dimensions = *probed;
    return kExitDone;
  }
  report.message = probed.error().message;
  return ExitCodeFor(probed.error().kind);
}

ExitCode DryRun::LookAtAll(const std::vector<PlanEntry>& entries, int dimensions,
                           DryRunResult& result, const StopTokens& stop) {
  ExitCode code = kExitDone;
  for (const PlanEntry& entry : entries) {
    auto [planned, planned_code] = Look(entry, dimensions, stop);
    if (!entry.config.skip_reason) tools_.reporter.ShowPlan(planned);
    if (planned_code == kExitInterrupted) result.report.message = "interrupted";
    code = Worse(code, planned_code);
    result.report.collections.push_back(ToReport(planned, entry, planned_code));
    result.plans.push_back(std::move(planned));
  }
  return code;
}

void DryRun::PlanAll(const std::vector<PlanEntry>& entries, DryRunResult& result,
                     const StopTokens& stop) {
  RunReport& report = result.report;
  ExitCode code = kExitDone;
  auto dimensions = static_cast<int>(tools_.provider.dimensions);
  bool may_probe = tools_.probe;
  if (dimensions == 0 && may_probe && AnythingToEmbed(entries, dimensions)) {
    code = ProbeInto(dimensions, report, stop);
    may_probe = false;
  }
  code = Worse(code, LookAtAll(entries, dimensions, result, stop));
  if (may_probe && code != kExitInterrupted && AnythingLeft(result.plans)) {
    code = Worse(code, ProbeInto(dimensions, report, stop));
  }
  if (dimensions != 0) report.dimensions = dimensions;
  report.exit_code = code;
}

}  // namespace reembed
