#include "report_json.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "derived.h"
#include "json_document.h"

namespace reembed {
namespace {

constexpr int kReportVersion = 1;

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::optional<std::uint64_t> Surveyed(const PlannedCollection& planned, std::uint64_t number) {
  return planned.survey ? std::optional(number) : std::nullopt;
}

Json SurveyJson(const std::optional<Survey>& survey) {
  if (!survey) return nullptr;
  return {{"documents", survey->documents},
          {"outside_filter", survey->outside},
          {"outside_filter_with_vector", survey->outside_with_vector},
          {"empty", survey->empty},
          {"unusable", survey->unusable},
          {"over_long", survey->over_long},
          {"identical", survey->identical},
          {"texts", survey->texts},
          {"tokens", survey->tokens},
          {"requests", survey->requests}};
}

Json StagesJson(const StrategyOption& option) {
  Json stages = Json::array();
  for (const StageTime& stage : option.stages) {
    stages.push_back({{"name", stage.name}, {"seconds", Rounded(stage.seconds)}});
  }
  return stages;
}

Json CutoverJson(const std::optional<Cutover>& cutover) {
  if (!cutover) return nullptr;
  return {{"kind", ToString(cutover->kind)},
          {"step", ToString(cutover->step)},
          {"begun", IsoTime(cutover->started)}};
}

// In steps of a hundred-millionth of a dollar: less than a token costs.
Json UsdJson(const std::optional<double>& usd) {
  return usd ? Json(Rounded(*usd, 1e8)) : Json(nullptr);
}

// Where the price comes from, and whether it surely holds.
Json PriceJson(const Pricing& pricing) {
  if (!pricing.price) return nullptr;
  const bool stated = pricing.price->as_of.empty();
  return {{"usd_per_million_tokens", pricing.price->usd_per_million_tokens},
          {"as_of", stated ? Json(nullptr) : Json(pricing.price->as_of)},
          {"assumed", pricing.assumed}};
}

std::optional<double> SecondsOf(const std::optional<Forecast>& forecast) {
  return forecast ? forecast->time.seconds : std::nullopt;
}

Json SecondsJson(const std::optional<Forecast>& forecast) {
  const auto seconds = SecondsOf(forecast);
  return seconds ? Json(Rounded(*seconds)) : Json(nullptr);
}

class ReportBuilder : JsonStrings {
 public:
  ReportBuilder(const std::vector<PlannedCollection>& plans, const Redactor& redact)
      : JsonStrings(redact), plans_(plans) {}

  Json Run(const RunReport& report) const {
    Json json = {{"report_version", kReportVersion},
                 {"reembed", Text(report.version)},
                 {"run_id", Text(report.run_id)},
                 {"dry_run", report.dry_run},
                 {"started_at", IsoTime(report.started_at)},
                 {"finished_at", IsoTime(report.finished_at)},
                 {"seconds", Rounded(report.seconds)}};
    json["embedding"] = {{"family", Text(report.family)},
                         {"model", Text(report.model)},
                         {"dimensions", OrNull(report.dimensions)},
                         {"task_type", TextOrNull(report.task_type)}};
    json["collections"] = Json::object();
    for (const CollectionReport& collection : report.collections) {
      json["collections"][Key(collection.name)] = Collection(collection, report.dry_run);
    }
    json["price"] = PriceJson(report.pricing);
    json["totals"] = Totals(report);
    if (!report.message.empty()) json["message"] = Text(report.message);
    json["exit_code"] = report.exit_code;
    return json;
  }

 private:
  static void AddCounts(Json& json, std::uint64_t count, const Counts& counts) {
    json["count"] = count;
    json["success"] = counts.success;
    json["failed"] = counts.failed;
    json["up_to_date"] = counts.up_to_date;
    json["deleted"] = counts.deleted;
    json["skipped"] = counts.skipped;
  }

  static Json Totals(const RunReport& report) {
    std::uint64_t count = 0;
    for (const CollectionReport& collection : report.collections) count += ShownCount(collection);
    Json json = Json::object();
    AddCounts(json, count, report.Totals());
    const Spending spent = report.Spent();
    const auto forecast = report.TotalForecast();
    json["tokens"] = spent.tokens;
    json["cost_usd"] = UsdJson(spent.usd);
    json["tokens_foretold"] = Foretold(report.dry_run, spent.tokens_foretold, forecast);
    json["cost_foretold_usd"] = UsdJson(forecast ? forecast->usd : std::nullopt);
    json["seconds_foretold"] = SecondsJson(forecast);
    return json;
  }

  // Of a run once its texts have taught what they make, of a dry run from the texts alone.
  static Json Foretold(bool dry_run, const std::optional<std::uint64_t>& taught,
                       const std::optional<Forecast>& forecast) {
    if (!dry_run) return OrNull(taught);
    return forecast ? Json(forecast->work.tokens) : Json(nullptr);
  }

  Json Collection(const CollectionReport& report, bool dry_run) const {
    Json json = {{"collection", Text(report.collection)}, {"status", ToString(report.status)}};
    if (!report.run_id.empty()) json["run_id"] = Text(report.run_id);
    AddMessage(json, report);
    json["strategy"] = TextOrNull(report.strategy);
    AddCounts(json, ShownCount(report), report.counts);
    if (const std::uint64_t remaining = Remaining(report)) json["remaining"] = remaining;
    json["outside_filter"] = report.outside_filter;
    json["truncated"] = report.truncated;
    json["truncated_ids"] = Texts(report.truncated_ids);
    json["embedded"] = report.embedded;
    json["provider_requests"] = report.provider_requests;
    json["provider_retries"] = report.provider_retries;
    json["tokens"] = report.tokens;
    json["cost_usd"] = UsdJson(report.cost_usd);
    json["tokens_foretold"] = Foretold(dry_run, report.tokens_foretold, report.forecast);
    json["cost_foretold_usd"] = UsdJson(report.forecast ? report.forecast->usd : std::nullopt);
    json["seconds_foretold"] = SecondsJson(report.forecast);
    json["seconds"] = Rounded(report.seconds);
    json["failures_total"] = report.failures_total;
    json["failures"] = Failures(report.failures);
    if (dry_run) AddPlan(json, report.name);
    return json;
  }

  void AddMessage(Json& json, const CollectionReport& report) const {
    if (report.status == CollectionStatus::kSkipped) json["reason"] = Text(report.message);
    const bool partly = report.status == CollectionStatus::kPartial && !report.message.empty();
    if (partly || report.status == CollectionStatus::kError ||
        report.status == CollectionStatus::kInterrupted) {
      json["message"] = Text(report.message);
    }
  }

  Json Failures(const std::vector<Failure>& failures) const {
    Json list = Json::array();
    for (const Failure& failure : failures) {
      list.push_back({{"id", Text(failure.id)},
                      {"stage", ToString(failure.stage)},
                      {"kind", ToString(failure.kind)},
                      {"message", Text(failure.message)}});
    }
    return list;
  }

  void AddPlan(Json& json, std::string_view name) const {
    for (const PlannedCollection& planned : plans_) {
      if (planned.plan.config.name == name && planned.error.empty()) json["plan"] = Plan(planned);
    }
  }

  Json JournalJson(const CollectionPlan& plan) const {
    if (plan.journal_bytes == 0) return nullptr;
    return {{"dir", Text(plan.journal_dir)},
            {"bytes", plan.journal_bytes},
            {"backup_bytes", OrNull(plan.backup_bytes)}};
  }

  Json Strategies(const CollectionPlan& plan) const {
    Json list = Json::array();
    for (const StrategyOption& option : plan.options) {
      list.push_back({{"strategy", ToString(option.strategy)},
                      {"possible", option.blockers.empty()},
                      {"stages", StagesJson(option)},
                      {"seconds", Rounded(option.seconds())},
                      {"search_away_seconds", Rounded(option.search_away_seconds)},
                      {"memory_bytes", option.memory_bytes},
                      {"search_impact", option.searches},
                      {"blockers", Texts(option.blockers)}});
    }
    return list;
  }

  Json LimitingStage(const PlannedCollection& planned) const {
    return planned.forecast ? TextOrNull(planned.forecast->time.limiting) : Json(nullptr);
  }

  Json Plan(const PlannedCollection& planned) const {
    const CollectionPlan& plan = planned.plan;
    const Json length = plan.new_dimensions == 0 ? Json(nullptr) : Json(plan.new_dimensions);
    return {{"aliases", plan.aliases_known ? Texts(plan.aliases) : Json(nullptr)},
            {"documents", plan.documents},
            {"outside_filter", plan.outside_filter},
            {"embedding_field", Text(plan.config.embedding_field)},
            {"filter_by", TextOrNull(plan.config.filter_by)},
            {"old_dimensions", OrNull(plan.old_dimensions)},
            {"new_dimensions", length},
            {"task_type", TextOrNull(plan.config.task_type)},
            {"strategy", ToString(plan.strategy)},
            {"strategy_reason", TextOrNull(plan.strategy_reason)},
            {"search_impact", SearchImpact(plan)},
            {"strategies", Strategies(plan)},
            {"fastest", plan.fastest ? Json(ToString(*plan.fastest)) : Json(nullptr)},
            {"goes_on_with", CutoverJson(plan.cutover)},
            {"notes", Texts(plan.notes)},
            {"up_to_date", OrNull(Surveyed(planned, plan.up_to_date))},
            {"paid", OrNull(Surveyed(planned, plan.paid))},
            {"to_embed", OrNull(Surveyed(planned, plan.to_embed))},
            {"survey", SurveyJson(planned.survey)},
            {"journal", JournalJson(plan)},
            {"cost_usd", UsdJson(planned.forecast ? planned.forecast->usd : std::nullopt)},
            {"seconds", SecondsJson(planned.forecast)},
            {"limiting_stage", LimitingStage(planned)},
            {"blockers", Texts(plan.blockers)}};
  }

  const std::vector<PlannedCollection>& plans_;
};

}  // namespace

std::string ToJson(const RunReport& report, const std::vector<PlannedCollection>& plans,
                   const Redactor& redact) {
  return Dumped(ReportBuilder(plans, redact).Run(report));
}

}  // namespace reembed
