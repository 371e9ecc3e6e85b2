#include "dry_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "batch_limits.h"
#include "reconcile_visitor.h"
#include "reembed/core/strategy.h"
#include "survey.h"

namespace reembed {
namespace {

constexpr Millis kProbeTimeout{300'000};

constexpr std::string_view kNotComparable =
    "what is up to date cannot be told before the vector length is known";

// What the user allows, and what the provider states, whichever is less.
std::optional<double> Lower(std::optional<double> allowed, const QuotaFacts& stated) {
  if (!allowed || !stated.per_minute) return allowed ? allowed : stated.per_minute;
  return std::min(*allowed, *stated.per_minute);
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
  report.matched = InScope(planned.plan);
  report.outside_filter = InScope(planned.plan) - planned.plan.documents;
  report.forecast = planned.forecast;
  return report;
}

Target OwnTarget(const CollectionPlan& plan) {
  return {plan.collection, plan.created_at, plan.config.embedding_field};
}

// Under which name the run would keep its documents; none for a clone that is still to be made.
std::optional<Target> WrittenTarget(const CollectionPlan& plan) {
  if (plan.strategy != StrategyChoice::kAlias) return OwnTarget(plan);
  if (!plan.cutover || plan.cutover->to.created_at == 0) return std::nullopt;
  return Target{plan.cutover->to.name, plan.cutover->to.created_at, plan.config.embedding_field};
}

// A strategy that needs a vector for every document finds out here that there are some without.
void JudgeSurvey(const Survey& survey, CollectionPlan& plan) {
  if (TraitsOf(plan.strategy).missing != MissingVector::kStopFirst || plan.allow_missing) return;
  const bool skips = plan.config.on_empty_text == EmptyTextRule::kSkip;
  if (skips && survey.empty > 0 && OtherLength(plan) && !plan.optional_field) {
    plan.blockers.push_back(fmt::format(
        "{} documents have no text to embed and would end without a vector, but field `{}` is not "
        "optional: give them a text, or let the field become optional with --allow-missing",
        survey.empty, plan.config.embedding_field));
  }
  const std::uint64_t failing = survey.unusable + (skips ? 0 : survey.empty);
  if (failing == 0) return;
  plan.notes.push_back(fmt::format(
      "{} documents cannot be embedded: the run would stop before it changes anything that is "
      "served, unless --allow-missing lets them end without a vector",
      failing));
}

}  // namespace

// What the journal knows: nothing where it must not count, or cannot be asked yet.
Result<DryRun::Knowledge> DryRun::KnowledgeOf(CollectionPlan& plan) {
  JournalStore& journal = **journal_;
  const std::optional<Target> written = WrittenTarget(plan);
  const Target target = written.value_or(OwnTarget(plan));
  const auto runs = journal.Runs();
  if (!runs.ok()) return runs.error();
  const bool known = written && std::any_of(runs->begin(), runs->end(), [&](const RunRecord& run) {
                       return run.target == target;
                     });
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
  JudgeSurvey(found->survey, plan);
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
  const std::string file = recovery_ == nullptr ? "" : recovery_->Find(entry.facts->schema.name);
  planned.plan = MakePlan(entry.config, *entry.facts, dimensions, {tools_.config.cutover, file});
  if (const Status looked = LookInto(planned, stop); !looked.ok()) return failed(looked.error());
  return {planned, planned.plan.blockers.empty() ? kExitDone : kExitRefused};
}

Result<std::vector<PlanEntry>> DryRun::Facts(int dimensions, const StopTokens& stop) {
  if (!journal_.ok()) return journal_.error();
  const auto cutovers = (*journal_)->Cutovers();
  if (!cutovers.ok()) return cutovers.error();
  return GatherFacts(tools_.reader, tools_.config.collections,
                     {*cutovers, ClusterNodes(tools_.config), dimensions}, tools_.log, stop);
}

DryRunResult DryRun::Run(const StopTokens& stop) {
  const SteadyTime started = tools_.clock.Now();
  DryRunResult result;
  result.report = BeginReport(tools_, /*dry_run=*/true);
  tools_.reporter.Begin(HeaderFor(tools_, /*dry_run=*/true));
  const StopTokens at_once = StopAtOnce(stop);
  const auto entries = Facts(static_cast<int>(tools_.provider.dimensions), at_once);
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
  may_probe_ = false;
  const auto probed =
      Probe(provider_, task_type, kProbeTimeout, tools_.provider.dimensions, tools_.clock, stop);
  if (probed.ok()) {
    probed_ = *probed;
    dimensions = probed->dimensions;
    return kExitDone;
  }
  report.message = probed.error().message;
  return ExitCodeFor(probed.error().kind);
}

EmbedPace DryRun::PaceKnown() const {
  const EmbeddingConfig& config = tools_.config.embedding;
  const QuotaNotice stated = probed_ ? probed_->quota : QuotaNotice{};
  EmbedPace pace{.granted = {},
                 .counts_texts = tools_.provider.counts_texts,
                 .request_seconds = {},
                 .concurrency = config.concurrency};
  pace.granted.requests_per_minute = Lower(config.requests_per_minute, stated.requests);
  pace.granted.tokens_per_minute = Lower(config.tokens_per_minute, stated.tokens);
  if (probed_) pace.request_seconds = probed_->seconds;
  return pace;
}

void DryRun::AddForecast(PlannedCollection& planned) const {
  planned.pricing = tools_.pricing;
  const CollectionPlan& plan = planned.plan;
  if (!planned.survey || !planned.error.empty() || !plan.blockers.empty()) return;
  const Survey& survey = *planned.survey;
  Forecast forecast;
  forecast.work = {plan.to_embed, survey.texts, survey.tokens, survey.requests};
  forecast.usd = CostOf(tools_.pricing, survey.tokens);
  forecast.time = ForetellTime(forecast.work, PaceKnown(), plan, plan.paid + plan.to_embed);
  planned.forecast = forecast;
}

// Whether a run would ask the provider for anything.
bool DryRun::ShouldProbe(const PlannedCollection& planned, ExitCode code) const {
  return may_probe_ && code != kExitInterrupted && planned.plan.to_embed > 0 &&
         planned.error.empty() && planned.plan.blockers.empty();
}

ExitCode DryRun::LookAtAll(const std::vector<PlanEntry>& entries, int& dimensions,
                           DryRunResult& result, const StopTokens& stop) {
  ExitCode code = kExitDone;
  for (const PlanEntry& entry : entries) {
    auto [planned, planned_code] = Look(entry, dimensions, stop);
    if (ShouldProbe(planned, planned_code)) {
      code = Worse(code, ProbeInto(dimensions, result.report, stop));
    }
    AddForecast(planned);
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
  may_probe_ = tools_.probe;
  if (dimensions == 0 && may_probe_ && AnythingToEmbed(entries, dimensions)) {
    code = ProbeInto(dimensions, report, stop);
  }
  // What only another length makes matter is asked for now that the length is known.
  const auto informed = tools_.provider.dimensions == 0 && dimensions != 0
                            ? Facts(dimensions, stop)
                            : Result<std::vector<PlanEntry>>(entries);
  if (!informed.ok()) return NoPlan(informed.error(), report);
  code = Worse(code, LookAtAll(*informed, dimensions, result, stop));
  if (dimensions != 0) report.dimensions = dimensions;
  report.exit_code = code;
}

}  // namespace reembed
