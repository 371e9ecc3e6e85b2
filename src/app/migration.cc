#include "migration.h"

#include <fmt/format.h>

#include <algorithm>

#include "alias.h"
#include "rebuild.h"
#include "stage.h"
#include "standing.h"

namespace reembed {
namespace {

constexpr std::string_view kProbeText = "reembed";

EmbedRules RulesFor(const Config& config) {
  const auto& options = config.embedding.provider.options;
  const auto task_type = options.find("task_type");
  return {task_type == options.end() ? std::string() : task_type->second, LongTextRule::kFail};
}

void AddUsage(const ProviderUsage& before, const ProviderUsage& after, CollectionReport& report) {
  report.provider_requests = after.requests - before.requests;
  report.provider_retries = after.retries - before.retries;
  report.tokens = after.tokens - before.tokens;
  report.embedded = after.texts - before.texts;
}

// Whether searches find what was written: a clone serves once its alias was switched.
Result<bool> Serves(JournalStore& journals, const CollectionPlan& plan,
                    const CollectionId& target) {
  if (plan.strategy != StrategyChoice::kAlias) return true;
  const auto cutovers = journals.Cutovers();
  if (!cutovers.ok()) return cutovers.error();
  return std::any_of(cutovers->begin(), cutovers->end(), [&](const Cutover& cutover) {
    return cutover.kind == CutoverKind::kAlias && cutover.to == target &&
           cutover.step >= CutoverStep::kCarrying && cutover.step <= CutoverStep::kDone;
  });
}

// What the end of a collection means for the report and the exit code.
ExitCode Judge(const CollectionEnd& end, const StopTokens& stop, CollectionReport& report) {
  const bool interrupted =
      !end.complete &&
      (stop.drain.stop_requested() || (end.error && end.error->kind == ErrorKind::kInterrupted));
  if (end.error && end.error->kind != ErrorKind::kInterrupted) {
    report.status = CollectionStatus::kError;
    report.message = end.error->message;
    return Worse(ExitCodeFor(end.error->kind), interrupted ? kExitInterrupted : kExitDone);
  }
  if (interrupted) {
    report.status = CollectionStatus::kInterrupted;
    report.message = end.stopped_because.empty() ? "interrupted" : end.stopped_because;
    return kExitInterrupted;
  }
  if (!end.complete) {
    report.status = CollectionStatus::kError;
    report.message = fmt::format(
        "only {} documents have an outcome although the run has not been stopped. This is a bug, "
        "please report it; a rerun goes on from here",
        report.counts.count());
    return kExitBug;
  }
  report.message = end.stopped_because;
  const bool whole = report.counts.failed == 0 && end.stopped_because.empty();
  report.status = whole ? CollectionStatus::kCompleted : CollectionStatus::kPartial;
  return whole ? kExitDone : kExitPartial;
}

// What was foretold and what it cost.
void AddMoney(const Pricing& pricing, RunForecast& forecast, CollectionReport& report) {
  const RunForecast::Ending ending = forecast.End();
  report.cost_usd = CostOf(pricing, report.tokens);
  report.forecast = ending.forecast;
  report.tokens_foretold = ending.tokens_foretold;
}

}  // namespace

ForecastParts Migration::PartsFor(const RunTools& tools, const StrategyTools& strategy,
                                  ProgressDisplay& display) {
  return {.pricing = tools.pricing,
          .limits = strategy.batch_limits,
          .counts_texts = tools.provider.counts_texts,
          .max_text_tokens = tools.provider.max_text_tokens,
          .workers = strategy.workers,
          .clock = tools.clock,
          .log = tools.log,
          .reporter = tools.reporter,
          .display = display};
}

StrategyTools Migration::WithForecast(const StrategyTools& tools, RunForecast& forecast) {
  return {tools.reader,  tools.writer,   forecast,     tools.clock,        tools.gate,
          tools.backlog, tools.activity, tools.log,    tools.batch_limits, tools.request_size,
          tools.workers, tools.limit,    tools.backup, tools.counts_texts, &forecast};
}

Result<int> Migration::LearnDimensions(const StopTokens& stop) {
  if (!tools_.probe) {
    return Error{.kind = ErrorKind::kUsage,
                 .message =
                     "the vector length of this model is not known and --no-probe forbids "
                     "to ask; set EMBEDDING_DIMENSIONS"};
  }
  Batch batch;
  batch.texts.push_back({HashText(kProbeText), std::string(kProbeText)});
  std::size_t length = 0;
  const VectorSink sink = [&length](std::span<const EmbeddedText> texts) -> Status {
    length = texts.front().vector->size();
    return {};
  };
  const auto failures = strategy_tools_.embedder.Embed(batch, RulesFor(tools_.config), sink, stop);
  if (!failures.ok()) return failures.error();
  if (!failures->empty()) return failures->front().error;
  return static_cast<int>(length);
}

std::vector<PlanEntry> Migration::Prepare(int& dimensions, const StopTokens& stop) {
  if (!journal_.ok()) {
    run_error_ = journal_.error();
    return WithoutFacts(tools_.config.collections);
  }
  const StopTokens at_once = StopAtOnce(stop);
  auto entries = Facts(tools_.config.collections, dimensions, at_once);
  if (!entries.ok()) {
    run_error_ = entries.error();
    return WithoutFacts(tools_.config.collections);
  }
  if (dimensions == 0 && AnythingToEmbed(*entries, dimensions)) {
    const auto learned = LearnDimensions(at_once);
    if (learned.ok()) {
      dimensions = *learned;
    } else {
      run_error_ = learned.error();
    }
  }
  return *std::move(entries);
}

// What is kept for `keep_days` goes when a later run starts.
Status Migration::PruneJournal() {
  const auto kept = std::chrono::hours(24) * tools_.config.journal.keep_days;
  const auto pruned = (*journal_)->Prune(tools_.clock.Wall() - kept);
  if (!pruned.ok()) return pruned.error();
  if (pruned->backups + pruned->vectors > 0) {
    tools_.log.Info(
        fmt::format("removed {} backups and {} vectors of runs that ended more than {} days ago",
                    pruned->backups, pruned->vectors, tools_.config.journal.keep_days));
  }
  return {};
}

Result<std::vector<PlanEntry>> Migration::Facts(const std::vector<CollectionConfig>& collections,
                                                int dimensions, const StopTokens& stop) {
  const auto cutovers = (*journal_)->Cutovers();
  if (!cutovers.ok()) return cutovers.error();
  return GatherFacts(tools_.reader, collections,
                     {*cutovers, ClusterNodes(tools_.config), dimensions}, tools_.log, stop);
}

CollectionPlan Migration::PlanFor(const PlanEntry& entry, int dimensions) const {
  const PlanOptions options{tools_.config.cutover, recovery_.Find(entry.facts->schema.name)};
  return MakePlan(entry.config, *entry.facts, dimensions, options);
}

CutoverTools Migration::ToolsForCutover() const {
  return {strategy_tools_, **journal_, recovery_, ClusterNodes(tools_.config)};
}

RunSpec Migration::SpecFor(const CollectionPlan& plan, const CollectionId& target) const {
  RunSpec spec;
  spec.name = plan.config.name;
  spec.target = {target.name, target.created_at, plan.config.embedding_field};
  spec.recipe = RecipeOf(tools_.config.embedding, plan.config, plan.new_dimensions,
                         tools_.provider.max_text_tokens);
  spec.nodes = ClusterNodes(tools_.config);
  spec.backup = strategy_tools_.backup;
  spec.force = tools_.force;
  spec.now = tools_.clock.Wall();
  return spec;
}

std::pair<CollectionReport, ExitCode> Migration::Refused(const CollectionPlan& plan,
                                                         std::string message, ExitCode code) const {
  auto report = ReportWithoutWork(plan.config, CollectionStatus::kError, std::move(message));
  report.collection = plan.collection;
  report.strategy = ToString(plan.strategy);
  report.matched = plan.documents;
  return {std::move(report), code};
}

std::pair<CollectionReport, ExitCode> Migration::Failed(const CollectionPlan& plan,
                                                        const Error& error) {
  if (EndsRun(error.kind)) run_error_ = error;
  tools_.reporter.Started(plan);
  return Refused(plan, error.message, ExitCodeFor(error.kind));
}

// `open`: a cutover of the collection that was not ended.
std::pair<CollectionReport, ExitCode> Migration::Open(CollectionPlan plan,
                                                      const std::optional<Cutover>& open,
                                                      const StopTokens& stop) {
  if (!plan.blockers.empty()) {
    tools_.reporter.Started(plan);
    return Refused(plan, JoinBlockers(plan), kExitRefused);
  }
  const CutoverTools cutover_tools = ToolsForCutover();
  CollectionId target{plan.collection, plan.created_at};
  const auto reason = WhyNotBegin(cutover_tools, plan, SpecFor(plan, target).recipe,
                                  strategy_tools_.limit.has_value(), tools_.force);
  if (!reason.ok()) return Failed(plan, reason.error());
  if (!reason->empty()) {
    tools_.reporter.Started(plan);
    return Refused(plan, *reason, strategy_tools_.limit ? kExitUsage : kExitRefused);
  }
  auto left = Settle(cutover_tools, plan, open);
  if (!left.ok()) return Failed(plan, left.error());
  std::unique_ptr<Strategy> strategy;
  if (plan.strategy == StrategyChoice::kAlias) {
    const auto clone = PrepareClone(cutover_tools, plan, StopAtOnce(stop));
    if (!clone.ok()) return Failed(plan, clone.error());
    target = clone->to;
    strategy = std::make_unique<AliasStrategy>(cutover_tools, *clone);
  } else if (plan.strategy == StrategyChoice::kRebuild) {
    strategy = std::make_unique<RebuildStrategy>(cutover_tools);
  } else {
    strategy = std::make_unique<InPlaceStrategy>(strategy_tools_, left->refill);
  }
  auto journal = (*journal_)->OpenRun(SpecFor(plan, target));
  if (!journal.ok()) return Failed(plan, journal.error());
  const RunIdentity& run = (*journal)->run();
  run_id_ = run.id;
  if (!run.continued) ForetellJournalOfRun(room_, plan);
  if (run.continued) plan.notes.push_back(fmt::format("goes on from run {}", run.id));
  if (tools_.force) plan.notes.emplace_back(kForcedNote);
  tools_.reporter.Started(plan);
  auto ended = Migrate(plan, **journal, *strategy, stop);
  if (ended.first.status == CollectionStatus::kCompleted) {
    const Status settled = EndSettled(cutover_tools, plan, *left);
    if (!settled.ok()) return Failed(plan, settled.error());
  }
  const auto serves = Serves(**journal_, plan, target);
  ended.first.serves = serves.ok() && *serves;
  if (ended.first.serves) ended.first.collection = target.name;
  return ended;
}

std::pair<CollectionReport, ExitCode> Migration::Migrate(const CollectionPlan& plan,
                                                         Journal& journal, Strategy& strategy,
                                                         const StopTokens& stop) {
  const SteadyTime started = tools_.clock.Now();
  const ProviderUsage before = strategy_tools_.embedder.Usage();
  forecast_.Begin(plan);
  Tally tally(totals_, tools_.log, plan.config.name);
  CollectionEnd end;
  {
    const std::uint64_t total = std::min(InScope(plan), strategy_tools_.limit.value_or(UINT64_MAX));
    ProgressTicker ticker(plan.config.name, total, tally, activity_, tools_.clock, display_,
                          &forecast_);
    end = strategy.Run(plan, journal, tally, stop);
    ticker.Finish();
  }
  if (end.complete && !end.limited && end.stopped_because.empty()) {
    const Status ended = journal.EndRun(tools_.clock.Wall());
    if (!ended.ok()) end = {.error = ended.error(), .ends_run = true, .complete = false};
  }
  CollectionReport report;
  report.name = plan.config.name;
  report.run_id = journal.run().id;
  report.collection = plan.collection;
  report.strategy = ToString(plan.strategy);
  report.matched = InScope(plan);
  report.outside_filter = InScope(plan) - plan.documents;
  report.limited = end.limited;
  tally.FillIn(report);
  AddUsage(before, strategy_tools_.embedder.Usage(), report);
  AddMoney(tools_.pricing, forecast_, report);
  const ExitCode code = Judge(end, stop, report);
  report.seconds = SecondsBetween(started, tools_.clock.Now());
  if (end.error && end.ends_run) run_error_ = end.error;
  if (end.error && end.error->kind == ErrorKind::kLimit) spent_ = end.error;
  return {std::move(report), code};
}

std::pair<CollectionReport, ExitCode> Migration::RunEntry(const PlanEntry& entry, int dimensions,
                                                          const StopTokens& stop) {
  if (entry.config.skip_reason) {
    return {ReportWithoutWork(entry.config, CollectionStatus::kSkipped, *entry.config.skip_reason),
            kExitDone};
  }
  if (entry.error) {
    return {ReportWithoutWork(entry.config, CollectionStatus::kError, entry.error->message),
            ExitCodeFor(entry.error->kind)};
  }
  if (!run_error_ && stop.drain.stop_requested()) {
    run_error_ = Interrupted();
  }
  if (run_error_) return NotStarted(entry.config);
  // The collections before may have taken hours: what was true of this one then may not be now.
  auto fresh = Facts({entry.config}, dimensions, StopAtOnce(stop));
  if (!fresh.ok()) {
    run_error_ = fresh.error();
    return NotStarted(entry.config);
  }
  if (const auto& open = fresh->front().facts; open && open->cutover) {
    const auto waited =
        AwaitAlteration(strategy_tools_.writer, activity_, *open->cutover, StopAtOnce(stop));
    if (!waited.ok()) {
      run_error_ = waited.error();
      return NotStarted(entry.config);
    }
    if (*waited) fresh = Facts({entry.config}, dimensions, StopAtOnce(stop));
    if (!fresh.ok()) {
      run_error_ = fresh.error();
      return NotStarted(entry.config);
    }
  }
  const PlanEntry& now = fresh->front();
  if (now.error) {
    return {ReportWithoutWork(entry.config, CollectionStatus::kError, now.error->message),
            ExitCodeFor(now.error->kind)};
  }
  return Open(PlanFor(now, dimensions), now.facts->cutover, stop);
}

// Every collection of the configuration is in the report, also those that were not begun.
std::pair<CollectionReport, ExitCode> Migration::NotStarted(const CollectionConfig& config) const {
  const bool interrupted = run_error_->kind == ErrorKind::kInterrupted;
  return {ReportWithoutWork(config,
                            interrupted ? CollectionStatus::kInterrupted : CollectionStatus::kError,
                            std::string(kNotStarted) + run_error_->message),
          ExitCodeFor(run_error_->kind)};
}

RunReport Migration::Run(const StopTokens& stop) {
  const SteadyTime started = tools_.clock.Now();
  RunReport report = BeginReport(tools_, /*dry_run=*/false);
  tools_.reporter.Begin(HeaderFor(tools_, /*dry_run=*/false));
  auto dimensions = static_cast<int>(tools_.provider.dimensions);
  const std::vector<PlanEntry> entries = Prepare(dimensions, stop);
  if (dimensions != 0) report.dimensions = dimensions;
  if (!run_error_) {
    if (const Status pruned = PruneJournal(); !pruned.ok()) run_error_ = pruned.error();
  }
  ExitCode code = kExitDone;
  for (const PlanEntry& entry : entries) {
    auto [entry_report, entry_code] = RunEntry(entry, dimensions, stop);
    tools_.reporter.Finished(entry_report);
    report.collections.push_back(std::move(entry_report));
    code = Worse(code, entry_code);
  }
  report.run_id = run_id_.value_or(report.run_id);
  if (strategy_tools_.backup) report.backup_days = tools_.config.journal.keep_days;
  if (!run_error_ && spent_) run_error_ = spent_;
  if (run_error_) {
    report.message = run_error_->message;
    code = Worse(code, ExitCodeFor(run_error_->kind));
  }
  report.exit_code = code;
  EndReport(tools_, started, report);
  return report;
}

}  // namespace reembed
