#include "run_log.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "derived.h"
#include "text_lines.h"

namespace reembed {
namespace {

std::string PlanText(const PlannedCollection& planned) {
  const CollectionPlan& plan = planned.plan;
  if (!planned.error.empty()) return "no plan: " + planned.error;
  if (!plan.blockers.empty()) return fmt::format("blocked: {}", fmt::join(plan.blockers, "; "));
  return fmt::format("{} documents match in collection '{}'", plan.documents, plan.collection);
}

}  // namespace

void RunLog::Begin(const RunHeader& header) {
  log_.Info(fmt::format("{} begins: {}; collections: {}", header.dry_run ? "dry run" : "run",
                        ModelText(header.family, header.model, header.dimensions),
                        fmt::join(header.collections, ", ")));
  next_.Begin(header);
}

void RunLog::ShowPlan(const PlannedCollection& planned) {
  log_.Info(fmt::format("{}: {}", planned.plan.config.name, PlanText(planned)));
  next_.ShowPlan(planned);
}

void RunLog::Started(const CollectionPlan& plan) {
  log_.Info(fmt::format("{}: {}", plan.config.name, PlanText({plan, std::nullopt, {}})));
  next_.Started(plan);
}

void RunLog::Foretold(const std::string& collection, const Forecast& forecast) {
  log_.Info(fmt::format("{}: estimated {} ({} documents, {} texts, {} requests)", collection,
                        ForecastText(forecast), forecast.work.documents, forecast.work.texts,
                        forecast.work.requests));
  next_.Foretold(collection, forecast);
}

void RunLog::Finished(const CollectionReport& report) {
  log_.Info(OutcomeLine(report));
  next_.Finished(report);
}

void RunLog::End(const RunReport& report) {
  next_.End(report);
  const std::string why = report.message.empty() ? "" : ": " + report.message;
  log_.Info(fmt::format("run {} ends with exit code {}{}", report.run_id, report.exit_code, why));
}

}  // namespace reembed
