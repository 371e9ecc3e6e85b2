#include "dry_run.h"

#include <utility>

#include "batch_limits.h"
#include "reembed/core/vectors.h"
#include "survey.h"

namespace reembed {
namespace {

constexpr Millis kProbeTimeout{300'000};
// More than any server can lack.
constexpr int kMostAdaptations = 16;

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

Result<int> DryRun::Probe(const StopTokens& stop) {
  const std::vector<std::string> texts = {"reembed"};
  const std::string task_type = HeaderFor(tools_, true).task_type;
  const EmbedRequest request{texts, task_type, kProbeTimeout};
  auto reply = provider_.Embed(request, stop);
  // Nothing is billed for these: the server lacks an option, and the provider has learned it.
  for (int adapted = 1;
       !reply.ok() && reply.error().kind == ErrorKind::kAdapted && adapted < kMostAdaptations;
       ++adapted) {
    reply = provider_.Embed(request, stop);
  }
  if (!reply.ok()) return reply.error();
  if (reply->vectors.size() != 1) {
    return Error{.message = "the provider answered no vector, or several, for one text"};
  }
  const auto& vector = reply->vectors.front();
  if (auto checked = CheckVector(vector, tools_.provider.dimensions); !checked.ok()) {
    return checked.error();
  }
  return static_cast<int>(vector.size());
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
  const BatchLimits limits = BatchLimitsFor(tools_.provider, tools_.config.embedding);
  const auto survey = TakeSurvey(tools_.reader, planned.plan, tools_.provider, limits, stop);
  if (!survey.ok()) return failed(survey.error());
  planned.survey = *survey;
  return {planned, planned.plan.blockers.empty() ? kExitDone : kExitRefused};
}

DryRunResult DryRun::Run(const StopTokens& stop) {
  DryRunResult result;
  result.report = BeginReport(tools_, /*dry_run=*/true);
  tools_.reporter.Begin(HeaderFor(tools_, /*dry_run=*/true));
  const StopTokens at_once = StopAtOnce(stop);
  const auto entries = GatherFacts(tools_.reader, tools_.config.collections, tools_.log, at_once);
  if (entries.ok()) {
    PlanAll(*entries, result, at_once);
  } else {
    NoPlan(entries.error(), result.report);
  }
  EndReport(tools_, result.report);
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

void DryRun::PlanAll(const std::vector<PlanEntry>& entries, DryRunResult& result,
                     const StopTokens& stop) {
  RunReport& report = result.report;
  ExitCode code = kExitDone;
  auto dimensions = static_cast<int>(tools_.provider.dimensions);
  if (tools_.probe && AnythingToEmbed(entries, dimensions)) {
    const auto probed = Probe(stop);
    if (probed.ok()) {
      dimensions = *probed;
    } else {
      report.message = probed.error().message;
      code = ExitCodeFor(probed.error().kind);
    }
  }
  if (dimensions != 0) report.dimensions = dimensions;
  for (const PlanEntry& entry : entries) {
    auto [planned, planned_code] = Look(entry, dimensions, stop);
    if (!entry.config.skip_reason) tools_.reporter.ShowPlan(planned);
    if (planned_code == kExitInterrupted) report.message = "interrupted";
    code = Worse(code, planned_code);
    report.collections.push_back(ToReport(planned, entry, planned_code));
    result.plans.push_back(std::move(planned));
  }
  report.exit_code = code;
}

}  // namespace reembed
