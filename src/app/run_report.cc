#include <fmt/format.h>

#include <random>
#include <string>
#include <utility>

#include "migration.h"

namespace reembed {
namespace {

std::string NewRunId(WallTime now) {
  std::random_device random;
  return fmt::format("{}-{:08x}", IsoTime(now), random());
}

// Of the provider's section; a collection may have its own.
std::string TaskTypeOf(const Config& config) {
  const auto& options = config.embedding.provider.options;
  const auto task_type = options.find("task_type");
  return task_type == options.end() ? std::string() : task_type->second;
}

}  // namespace

RunHeader HeaderFor(const RunTools& tools, bool dry_run) {
  RunHeader header;
  header.family = tools.config.embedding.provider.family;
  header.model = tools.config.embedding.provider.model;
  header.task_type = TaskTypeOf(tools.config);
  header.task_type_advice = tools.config.embedding.task_type_advice;
  if (tools.provider.dimensions != 0)
    header.dimensions = static_cast<int>(tools.provider.dimensions);
  for (const CollectionConfig& collection : tools.config.collections) {
    if (!collection.skip_reason) header.collections.push_back(collection.name);
  }
  header.dry_run = dry_run;
  header.pricing = tools.pricing;
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
  report.pricing = tools.pricing;
  return report;
}

void EndReport(const RunTools& tools, SteadyTime started, RunReport& report) {
  report.finished_at = tools.clock.Wall();
  // Not the difference of the two times of day: that clock may have been set meanwhile.
  report.seconds = SecondsBetween(started, tools.clock.Now());
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

}  // namespace reembed
