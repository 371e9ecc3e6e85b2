#include "samples.h"

#include <utility>

namespace reembed::testing {
namespace {

CollectionReport Report(std::string name, CollectionStatus status) {
  CollectionReport report;
  report.name = name;
  report.collection = std::move(name);
  report.status = status;
  return report;
}

CollectionReport Migrated(std::string name, CollectionStatus status, std::uint64_t matched) {
  CollectionReport report = Report(std::move(name), status);
  report.strategy = "in-place";
  report.matched = matched;
  return report;
}

Forecast Foreseen(std::uint64_t texts, std::uint64_t tokens) {
  Forecast forecast;
  forecast.work = {.documents = texts, .texts = texts, .tokens = tokens, .requests = 1};
  forecast.usd = static_cast<double>(tokens) * 0.15 / 1e6;
  forecast.time = {.embed_seconds = 0.5,
                   .store_seconds = 3,
                   .seconds = 3,
                   .limiting = "writing into the live index"};
  return forecast;
}

CollectionPlan Plan(const std::string& name, const std::string& field, std::uint64_t documents) {
  CollectionPlan plan;
  plan.config.name = name;
  plan.config.collection = name;
  plan.config.embedding_field = field;
  plan.collection = name;
  plan.documents = documents;
  plan.old_dimensions = 768;
  plan.new_dimensions = 768;
  plan.strategy_reason = "the vectors keep their length";
  return plan;
}

}  // namespace

CollectionPlan ContextStoresPlan() {
  return Plan("context_stores", "prompt_embedding", 12);
}

CollectionPlan InstructionsPlan() {
  CollectionPlan plan = Plan("instructions", "instruction_embedding", 5);
  plan.config.filter_by = "is_default:=false";
  plan.config.task_type = "RETRIEVAL_QUERY";
  plan.outside_filter = 3;
  plan.notes = {"while new vectors are written, searches compare vectors of two models"};
  return plan;
}

CollectionReport ContextStoresDone() {
  CollectionReport report = Migrated("context_stores", CollectionStatus::kCompleted, 12);
  report.counts.success = 12;
  report.run_id = "20261121T060000Z-1";
  report.embedded = 12;
  report.provider_requests = 2;
  report.tokens = 140;
  report.tokens_foretold = 150;
  report.cost_usd = 0.000021;
  report.forecast = Foreseen(12, 160);
  report.seconds = 0.75;
  return report;
}

CollectionReport InstructionsDone() {
  CollectionReport report = Migrated("instructions", CollectionStatus::kCompleted, 5);
  report.counts.success = 5;
  report.outside_filter = 3;
  report.embedded = 5;
  report.provider_requests = 1;
  report.tokens = 61;
  report.seconds = 0.4004;
  return report;
}

CollectionReport TableDescriptionsSkipped() {
  CollectionReport report = Report("table_descriptions", CollectionStatus::kSkipped);
  report.message = "computed dynamically by the application";
  return report;
}

CollectionReport InstructionsPartial() {
  CollectionReport report = Migrated("instructions", CollectionStatus::kPartial, 500);
  report.counts = {.success = 496, .failed = 2, .deleted = 1, .skipped = 1};
  report.truncated = 1;
  report.truncated_ids = {"long"};
  report.failures_total = 2;
  report.failures = {
      {"poison", Stage::kEmbed, FailureKind::kBadText, "input 0 is not allowed"},
      {"empty", Stage::kText, FailureKind::kNoText, "`condition` and `rules` are empty"}};
  return report;
}

CollectionReport InstructionsInterrupted() {
  CollectionReport report = Migrated("instructions", CollectionStatus::kInterrupted, 500);
  report.counts.success = 120;
  report.message = "stopped by a signal";
  return report;
}

CollectionReport InstructionsMissing() {
  CollectionReport report = Report("instructions", CollectionStatus::kError);
  report.message = "there is no collection or alias `instructions` on the server";
  return report;
}

PlannedCollection InstructionsPlanned() {
  PlannedCollection planned;
  planned.plan = InstructionsPlan();
  planned.plan.up_to_date = 1;
  planned.plan.paid = 1;
  planned.plan.to_embed = 2;
  planned.plan.journal_dir = ".reembed";
  planned.plan.journal_bytes = 1'200'000'000;
  planned.plan.backup_bytes = 600'000'000;
  planned.survey = Survey{.documents = 5,
                          .empty = 1,
                          .unusable = 0,
                          .over_long = 1,
                          .identical = 1,
                          .texts = 1,
                          .tokens = 61,
                          .requests = 1};
  planned.pricing.price = Price{0.15, "2026-08-17"};
  planned.forecast = Foreseen(1, 61);
  return planned;
}

PlannedCollection RebuildPlanned() {
  PlannedCollection planned = InstructionsPlanned();
  CollectionPlan& plan = planned.plan;
  plan.old_dimensions = 1536;
  plan.strategy = StrategyChoice::kRebuild;
  plan.strategy_reason = "another vector length, and 'instructions' is the collection's own name";
  plan.notes.clear();
  StrategyOption in_place;
  in_place.stages = {{"write", 9000}};
  in_place.blockers = {"`in-place` keeps the length"};
  StrategyOption rebuild;
  rebuild.strategy = StrategyChoice::kRebuild;
  rebuild.stages = {{"drop", 0.4}, {"write", 90}, {"add", 150.44}};
  rebuild.search_away_seconds = 240.44;
  rebuild.searches = "there is no search by vector until the field is back";
  StrategyOption alias;
  alias.strategy = StrategyChoice::kAlias;
  alias.stages = {{"fill", 8000}};
  alias.memory_bytes = 5'400'000;
  alias.searches = "none, the old vectors serve until the alias is switched";
  plan.options = {in_place, rebuild, alias};
  plan.fastest = StrategyChoice::kRebuild;
  planned.survey->documents = 8;
  planned.survey->outside = 3;
  planned.survey->outside_with_vector = 2;
  return planned;
}

RunHeader Header(bool dry_run) {
  return {.family = "google",
          .model = "gemini-embedding-001",
          .task_type = "RETRIEVAL_QUERY",
          .task_type_advice = "set RETRIEVAL_DOCUMENT if documents are embedded apart",
          .dimensions = 768,
          .collections = {"context_stores", "instructions"},
          .dry_run = dry_run};
}

RunReport Run(std::vector<CollectionReport> collections, int exit_code) {
  RunReport report;
  report.version = "0.1.0";
  report.run_id = "20261121T023415Z-1";
  report.started_at = WallTime(Seconds(1795228455));
  report.finished_at = WallTime(Seconds(1795228457));
  report.seconds = 2;
  report.family = "google";
  report.model = "gemini-embedding-001";
  report.task_type = "RETRIEVAL_QUERY";
  report.dimensions = 768;
  report.collections = std::move(collections);
  report.exit_code = exit_code;
  return report;
}

RunReport DryRun() {
  CollectionReport instructions = Migrated("instructions", CollectionStatus::kDryRun, 5);
  instructions.forecast = Foreseen(1, 61);
  RunReport report = Run({instructions}, 0);
  report.pricing.price = Price{0.15, "2026-08-17"};
  report.dry_run = true;
  return report;
}

}  // namespace reembed::testing
