#include <fmt/format.h>
#include <fmt/ranges.h>

#include "derived.h"
#include "reembed/core/exit_code.h"
#include "text_lines.h"

namespace reembed {
namespace {

constexpr std::string_view kRerun =
    "A rerun starts from the beginning, because this version keeps no record of what is done: "
    "every document is embedded again, and it ends the same.";

std::string CountsText(const CollectionReport& report) {
  const Counts& counts = report.counts;
  std::string text =
      fmt::format("count {}, success {}, failed {}", counts.count(), counts.success, counts.failed);
  const auto add = [&text](std::string_view word, std::uint64_t number) {
    if (number > 0) text += fmt::format(", {} {}", word, number);
  };
  add("up to date", counts.up_to_date);
  add("deleted", counts.deleted);
  add("skipped", counts.skipped);
  add("truncated", report.truncated);
  add("remaining", Remaining(report));
  return text;
}

std::string SummaryLine(const CollectionReport& report) {
  switch (report.status) {
    case CollectionStatus::kDryRun:
      return fmt::format("{}: dry run, count {}", report.name, ShownCount(report));
    case CollectionStatus::kSkipped:
      return fmt::format("{}: skipped ({})", report.name, report.message);
    case CollectionStatus::kError:
      return report.counts.count() == 0 ? fmt::format("{}: error ({})", report.name, report.message)
                                        : fmt::format("{}: error ({}), {}", report.name,
                                                      report.message, CountsText(report));
    default:
      return fmt::format("{}: {}, {}", report.name, ToString(report.status), CountsText(report));
  }
}

// Collections whose stored vectors are all the new model's now, failed documents aside.
std::vector<std::string> SwitchedInPlace(const RunReport& report) {
  std::vector<std::string> names;
  for (const CollectionReport& collection : report.collections) {
    const bool finished = collection.status == CollectionStatus::kCompleted ||
                          collection.status == CollectionStatus::kPartial;
    if (finished && collection.strategy == "in-place" && collection.counts.success > 0) {
      names.push_back(collection.name);
    }
  }
  return names;
}

std::string RerunText(int exit_code) {
  switch (exit_code) {
    case kExitPartial:
      return fmt::format("The failed documents kept their old vectors. {}", kRerun);
    case kExitRefused:
      return fmt::format("Correct what was refused, then run again. {}", kRerun);
    case kExitTemporary:
      return fmt::format("The cause is temporary: run again later. {}", kRerun);
    case kExitLimit:
      return fmt::format("A limit that you set was reached: run again with a higher one. {}",
                         kRerun);
    case kExitInterrupted:
      return fmt::format("Interrupted: run again to finish. {}", kRerun);
    default:
      return "";
  }
}

void AddNextSteps(Lines& lines, const RunReport& report) {
  const auto switched = SwitchedInPlace(report);
  const bool finished = report.exit_code == kExitDone || report.exit_code == kExitPartial;
  if (finished && !switched.empty()) {
    lines.push_back(fmt::format(
        "Switch the application to {} now: that is the model of the "
        "vectors in {}.",
        ModelText(report.family, report.model, report.dimensions), fmt::join(switched, ", ")));
  }
  const std::string rerun = RerunText(report.exit_code);
  if (!rerun.empty()) lines.push_back(rerun);
}

}  // namespace

Lines SummaryLines(const RunReport& report) {
  Lines lines = TitleLines("MIGRATION SUMMARY");
  for (const CollectionReport& collection : report.collections) {
    lines.push_back(SummaryLine(collection));
  }
  lines.push_back(Rule());
  if (!report.message.empty()) lines.push_back("Ended early: " + report.message);
  if (!report.dry_run) {
    AddNextSteps(lines, report);
  } else {
    lines.emplace_back(report.exit_code == kExitDone
                           ? "Nothing was changed. To migrate: the same command without --dry-run."
                           : "Nothing was changed.");
  }
  return lines;
}

}  // namespace reembed
