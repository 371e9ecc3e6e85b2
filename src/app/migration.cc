#include "migration.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace reembed {
namespace {

constexpr std::string_view kProbeText = "reembed";

double SecondsSince(SteadyTime start, SteadyTime now) {
  return std::chrono::duration<double>(now - start).count();
}

std::string NewRunId(WallTime now) {
  std::random_device random;
  return fmt::format("{}-{:08x}", IsoTime(now), random());
}

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

// What the end of a collection means for the report and the exit code.
ExitCode Judge(const CollectionEnd& end, const StopTokens& stop, CollectionReport& report) {
  if (end.error && end.error->kind != ErrorKind::kInterrupted) {
    report.status = CollectionStatus::kError;
    report.message = end.error->message;
    return ExitCodeFor(end.error->kind);
  }
  if (!end.complete && (end.error || stop.drain.stop_requested())) {
    report.status = CollectionStatus::kInterrupted;
    report.message = "interrupted";
    return kExitInterrupted;
  }
  report.status =
      report.counts.failed == 0 ? CollectionStatus::kCompleted : CollectionStatus::kPartial;
  return report.counts.failed == 0 ? kExitDone : kExitPartial;
}

}  // namespace

RunHeader HeaderFor(const RunTools& tools, bool dry_run) {
  RunHeader header;
  header.family = tools.config.embedding.provider.family;
  header.model = tools.config.embedding.provider.model;
  header.task_type = RulesFor(tools.config).task_type;
  header.task_type_advice = tools.config.embedding.task_type_advice;
  if (tools.provider.dimensions != 0)
    header.dimensions = static_cast<int>(tools.provider.dimensions);
  for (const CollectionConfig& collection : tools.config.collections) {
    if (!collection.skip_reason) header.collections.push_back(collection.name);
  }
  header.dry_run = dry_run;
  return header;
}

RunReport BeginReport(const RunTools& tools, bool dry_run) {
  const RunHeader header = HeaderFor(tools, dry_run);
  RunReport report;
  report.version = REEMBED_VERSION;
  report.started_at = tools.clock.Wall();
  report.run_id = NewRunId(report.started_at);
  report.dry_run = dry_run;
  report.family = header.family;
  report.model = header.model;
  report.task_type = header.task_type;
  report.dimensions = header.dimensions;
  return report;
}

void EndReport(const RunTools& tools, RunReport& report) {
  report.finished_at = tools.clock.Wall();
  report.seconds =
      std::max(0.0, std::chrono::duration<double>(report.finished_at - report.started_at).count());
  tools.reporter.End(report);
}

CollectionReport ReportWithoutWork(const CollectionConfig& config, CollectionStatus status,
                                   std::string message) {
  CollectionReport report;
  report.name = config.name;
  report.collection = config.collection;
  report.status = status;
  report.message = std::move(message);
  return report;
}

Result<int> Migration::LearnDimensions(const StopTokens& stop) {
  if (tools_.provider.dimensions != 0) return static_cast<int>(tools_.provider.dimensions);
  if (!tools_.probe) {
    return Error{.kind = ErrorKind::kUsage,
                 .message =
                     "the vector length of this model is not known and --no-probe forbids "
                     "to ask; set EMBEDDING_DIMENSIONS"};
  }
  Batch batch;
  batch.texts.push_back({HashText(kProbeText), std::string(kProbeText)});
  auto answer = strategy_tools_.embedder.Embed(batch, RulesFor(tools_.config), stop);
  if (!answer.ok()) return answer.error();
  const auto& vector = answer->front().vector;
  if (!vector.ok()) return vector.error();
  return static_cast<int>((*vector)->size());
}

Status Migration::Prepare(std::vector<PlanEntry>& entries, int& dimensions,
                          const StopTokens& stop) {
  auto gathered = GatherFacts(tools_.reader, tools_.config.collections, tools_.log, stop);
  if (!gathered.ok()) return gathered.error();
  entries = std::move(*gathered);
  if (!AnythingMatches(entries)) return {};
  auto learned = LearnDimensions(stop);
  if (!learned.ok()) return learned.error();
  dimensions = *learned;
  return {};
}

std::pair<CollectionReport, ExitCode> Migration::Migrate(const CollectionPlan& plan,
                                                         const StopTokens& stop) {
  const SteadyTime started = tools_.clock.Now();
  const ProviderUsage before = strategy_tools_.embedder.Usage();
  Tally tally(totals_, tools_.log, plan.config.name);
  CollectionEnd end;
  {
    const std::uint64_t total =
        std::min(plan.documents, strategy_tools_.limit.value_or(UINT64_MAX));
    ProgressTicker ticker(plan.config.name, total, tally, activity_, tools_.clock, display_);
    end = InPlaceStrategy(strategy_tools_).Run(plan, tally, stop);
  }
  CollectionReport report;
  report.name = plan.config.name;
  report.collection = plan.collection;
  report.strategy = ToString(plan.strategy);
  report.matched = plan.documents;
  tally.FillIn(report);
  AddUsage(before, strategy_tools_.embedder.Usage(), report);
  const ExitCode code = Judge(end, stop, report);
  report.seconds = SecondsSince(started, tools_.clock.Now());
  if (end.error && end.ends_run) run_error_ = end.error;
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
  const CollectionPlan plan = MakePlan(entry.config, *entry.facts, dimensions);
  tools_.reporter.Started(plan);
  if (plan.blockers.empty()) return Migrate(plan, stop);
  auto report = ReportWithoutWork(entry.config, CollectionStatus::kError, JoinBlockers(plan));
  report.collection = plan.collection;
  report.strategy = ToString(plan.strategy);
  report.matched = plan.documents;
  return {std::move(report), kExitRefused};
}

// Every collection of the configuration is in the report, also those that were not begun.
void Migration::EndRunEarly(const std::vector<CollectionConfig>& left, RunReport& report) {
  const bool interrupted = run_error_->kind == ErrorKind::kInterrupted;
  for (const CollectionConfig& config : left) {
    CollectionReport entry =
        config.skip_reason
            ? ReportWithoutWork(config, CollectionStatus::kSkipped, *config.skip_reason)
            : ReportWithoutWork(
                  config, interrupted ? CollectionStatus::kInterrupted : CollectionStatus::kError,
                  "not started: " + run_error_->message);
    tools_.reporter.Finished(entry);
    report.collections.push_back(std::move(entry));
  }
  report.message = run_error_->message;
}

RunReport Migration::Run(const StopTokens& stop) {
  RunReport report = BeginReport(tools_, /*dry_run=*/false);
  tools_.reporter.Begin(HeaderFor(tools_, /*dry_run=*/false));
  std::vector<PlanEntry> entries;
  int dimensions = 0;
  ExitCode code = kExitDone;
  if (const Status prepared = Prepare(entries, dimensions, stop); !prepared.ok()) {
    run_error_ = prepared.error();
    entries.clear();
  }
  if (dimensions != 0) report.dimensions = dimensions;
  for (const PlanEntry& entry : entries) {
    if (!run_error_ && stop.drain.stop_requested()) {
      run_error_ = Error{.kind = ErrorKind::kInterrupted, .message = "interrupted"};
    }
    if (run_error_) break;
    auto [entry_report, entry_code] = RunEntry(entry, dimensions, stop);
    tools_.reporter.Finished(entry_report);
    report.collections.push_back(std::move(entry_report));
    code = Worse(code, entry_code);
  }
  if (run_error_) {
    const auto& all = tools_.config.collections;
    EndRunEarly({all.begin() + static_cast<std::ptrdiff_t>(report.collections.size()), all.end()},
                report);
    code = Worse(code, ExitCodeFor(run_error_->kind));
  }
  report.exit_code = code;
  EndReport(tools_, report);
  return report;
}

}  // namespace reembed
