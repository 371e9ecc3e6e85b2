#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "derived.h"
#include "text_lines.h"

namespace reembed {
namespace {

constexpr std::size_t kRuleWidth = 60;

void AddWhenNonZero(Lines& lines, std::string_view label, std::uint64_t number) {
  if (number > 0) lines.push_back(fmt::format("  {}: {}", label, number));
}

void AddFailures(Lines& lines, const CollectionReport& report) {
  const std::size_t shown = std::min(report.failures.size(), kMaxShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Failure& failure = report.failures[i];
    lines.push_back(fmt::format("    - id '{}': {}/{}: {}", failure.id, ToString(failure.stage),
                                ToString(failure.kind), failure.message));
  }
  const std::uint64_t total = std::max<std::uint64_t>(report.failures_total, shown);
  if (total > shown) {
    lines.push_back(fmt::format("    … and {} more; --report FILE lists them", total - shown));
  }
}

// Most likely a misspelled name, which no single document can tell.
void AddTextAdvice(Lines& lines, const CollectionReport& report) {
  const bool none = !report.failures.empty() && report.failures_total == report.counts.count() &&
                    std::all_of(report.failures.begin(), report.failures.end(),
                                [](const Failure& f) { return f.kind == FailureKind::kNoText; });
  if (!none) return;
  lines.emplace_back(
      "  No document had any text: check the names in its `text_fields` or `template`");
}

void AddTruncated(Lines& lines, const CollectionReport& report) {
  if (report.truncated == 0) return;
  const std::size_t shown = std::min(report.truncated_ids.size(), kMaxShown);
  std::string ids;
  for (std::size_t i = 0; i < shown; ++i) {
    ids += fmt::format("{}'{}'", i == 0 ? " id " : ", ", report.truncated_ids[i]);
  }
  if (report.truncated > shown) ids += fmt::format(" … and {} more", report.truncated - shown);
  lines.push_back(
      fmt::format("  Truncated: {} (too long for the model):{}", report.truncated, ids));
}

void AddOutcome(Lines& lines, const CollectionReport& report) {
  const Counts& counts = report.counts;
  switch (report.status) {
    case CollectionStatus::kError:
      lines.push_back(counts.count() == 0
                          ? fmt::format("  Not migrated: {}", report.message)
                          : fmt::format("  Stopped: {} of {} documents done: {}", counts.count(),
                                        report.matched, report.message));
      return;
    case CollectionStatus::kInterrupted:
      lines.push_back(
          fmt::format("  Interrupted: {} of {} documents done; run again to do the rest",
                      counts.count(), report.matched));
      if (!report.message.empty() && report.message != "interrupted")
        lines.push_back("  Reason: " + report.message);
      return;
    default:
      if (counts.up_to_date > 0 && counts.up_to_date == counts.count() && !report.limited) {
        lines.emplace_back("  Nothing to do");
        return;
      }
      // A strategy that ended before its last step says why.
      if (!report.message.empty()) lines.push_back("  Not finished: " + report.message);
      lines.push_back(fmt::format("  {}: {} succeeded, {} failed",
                                  report.message.empty() ? "Migration complete" : "So far",
                                  counts.success, counts.failed));
      if (report.limited) {
        lines.push_back(fmt::format("  Left out by --limit: {}", Remaining(report)));
      }
  }
}

}  // namespace

std::string Rule() {
  return fmt::format("{:=<{}}", "", kRuleWidth);
}

Lines TitleLines(std::string_view title) {
  return {Rule(), std::string(title), Rule()};
}

std::string ModelText(std::string_view family, std::string_view model,
                      std::optional<int> dimensions) {
  const std::string length = dimensions ? fmt::format("{} dimensions", *dimensions)
                                        : "dimensions to be learned from the provider";
  return fmt::format("{} / {} / {}", family, model, length);
}

std::string TaskTypeText(std::string_view task_type, std::string_view advice) {
  return advice.empty() ? std::string(task_type) : fmt::format("{} ({})", task_type, advice);
}

Lines BannerLines(const RunHeader& header) {
  Lines lines =
      TitleLines(header.dry_run ? "EMBEDDING MIGRATION (DRY RUN)" : "EMBEDDING MIGRATION");
  lines.push_back("New embedding config: " +
                  ModelText(header.family, header.model, header.dimensions));
  lines.push_back(header.collections.empty() ? "Collections to migrate: none"
                                             : fmt::format("Collections to migrate: {}",
                                                           fmt::join(header.collections, ", ")));
  lines.push_back(Rule());
  return lines;
}

Lines StartLines(const CollectionPlan& plan, std::string_view advice) {
  const CollectionConfig& config = plan.config;
  Lines lines = {fmt::format("Starting migration for '{}'...", config.name),
                 "  - Embedding field: " + config.embedding_field,
                 "  - Filter: " + (config.filter_by.empty() ? "none" : config.filter_by)};
  if (config.collection != plan.collection) {
    lines.push_back(
        fmt::format("  - Collection: {} (alias of {})", config.collection, plan.collection));
  } else if (config.name != plan.collection) {
    lines.push_back("  - Collection: " + plan.collection);
  }
  if (!config.task_type.empty()) {
    lines.push_back("  - Task type: " + TaskTypeText(config.task_type, advice));
  }
  const bool in_place = plan.strategy == StrategyChoice::kInPlace;
  if (!in_place) {
    lines.push_back(
        fmt::format("  - Strategy: {} ({})", ToString(plan.strategy), plan.strategy_reason));
  }
  if (plan.outside_filter > 0) {
    lines.push_back(fmt::format("  - Outside the filter: {} ({})", plan.outside_filter,
                                in_place ? "left as they are" : "part of the work"));
  }
  for (const std::string& note : plan.notes) lines.push_back("  - Note: " + note);
  lines.push_back(fmt::format("  Found {} documents to migrate", InScope(plan)));
  return lines;
}

std::string ForetoldLine(const Forecast& forecast) {
  return "  Estimated: " + ForecastText(forecast);
}

Lines FinishLines(const CollectionReport& report) {
  Lines lines;
  AddOutcome(lines, report);
  AddFailures(lines, report);
  AddTextAdvice(lines, report);
  AddWhenNonZero(lines, "Up to date", report.counts.up_to_date);
  AddWhenNonZero(lines, "Deleted meanwhile", report.counts.deleted);
  AddWhenNonZero(lines, "Skipped (no text, or no longer in the filter)", report.counts.skipped);
  AddTruncated(lines, report);
  return lines;
}

}  // namespace reembed
