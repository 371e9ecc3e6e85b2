#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "derived.h"
#include "reembed/core/exit_code.h"
#include "text_lines.h"

namespace reembed {
namespace {

constexpr std::size_t kHintWidth = 100;
constexpr std::string_view kRerun =
    "A rerun goes on from here; nothing that was answered is paid for again.";

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

// The run's own message follows the summary: it is not said again in each line.
CollectionReport Shortened(CollectionReport report, std::string_view run_message) {
  if (run_message.empty() || !report.message.ends_with(run_message)) return report;
  const bool begun = !report.message.starts_with(kNotStarted);
  report.message = begun ? "see below" : "not started, see below";
  return report;
}

// Where vectors of the new model are now.
struct NewVectors {
  std::vector<std::string> whole;  // failed documents aside
  std::vector<std::string> partly;
};

NewVectors FindNewVectors(const RunReport& report) {
  NewVectors found;
  for (const CollectionReport& collection : report.collections) {
    if (!collection.serves) continue;
    if (collection.counts.success + collection.counts.up_to_date == 0) continue;
    const bool finished = collection.status == CollectionStatus::kCompleted ||
                          collection.status == CollectionStatus::kPartial;
    (finished && !collection.limited ? found.whole : found.partly).push_back(collection.name);
  }
  return found;
}

// Nothing while no vector is new.
std::string SwitchText(const RunReport& report, const NewVectors& vectors) {
  const std::string model = ModelText(report.family, report.model, report.dimensions);
  const bool finished = report.exit_code == kExitDone || report.exit_code == kExitPartial;
  if (finished && vectors.partly.empty()) {
    return vectors.whole.empty()
               ? ""
               : fmt::format("Switch the application to {} now: the vectors in {} are from it.",
                             model, fmt::join(vectors.whole, ", "));
  }
  std::vector<std::string> names = vectors.whole;
  for (const std::string& name : vectors.partly) names.push_back(name + " (in part)");
  return names.empty() ? ""
                       : fmt::format(
                             "Vectors from {} are now in: {}. Migrate the rest before you "
                             "switch the application.",
                             model, fmt::join(names, ", "));
}

// A run that met nothing but documents that were done before.
bool NothingToDo(const RunReport& report) {
  const Counts totals = report.Totals();
  return report.exit_code == kExitDone && totals.up_to_date > 0 &&
         totals.up_to_date + totals.skipped == totals.count();
}

// Whatever failed has its old vector still, as only `in-place` can tell.
bool KeptOldVectors(const RunReport& report) {
  return std::all_of(report.collections.begin(), report.collections.end(),
                     [](const CollectionReport& c) {
                       return c.status != CollectionStatus::kPartial || c.strategy == "in-place";
                     });
}

std::string_view AdviceFor(const RunReport& report) {
  switch (report.exit_code) {
    case kExitPartial:
      return KeptOldVectors(report)
                 ? "The failed documents kept their old vectors: see to the causes above, then run "
                   "again."
                 : "See to the causes above, then run again.";
    case kExitRefused:
      return "Correct what was refused, then run again.";
    case kExitTemporary:
      return "The cause is temporary: run again later.";
    case kExitLimit:
      return "A limit that you set was reached: see to the causes above, or run with a higher one.";
    case kExitInterrupted:
      return "Interrupted: run again to finish.";
    default:
      break;
  }
  const bool limited = std::any_of(report.collections.begin(), report.collections.end(),
                                   [](const CollectionReport& c) { return c.limited; });
  return limited ? "--limit left documents out: run without it to migrate all." : "";
}

// How what was replaced comes back: out of the journal, or out of the collection that served
// before.
std::string WayBackText(const RunReport& report) {
  bool in_journal = false;
  bool in_collection = false;
  for (const CollectionReport& collection : report.collections) {
    if (collection.counts.success == 0) continue;
    const bool alias = collection.strategy == "alias";
    in_journal = in_journal || !alias;
    in_collection = in_collection || (alias && collection.serves);
  }
  std::string text;
  if (in_journal && report.backup_days) {
    text = fmt::format(
        "What run {} has replaced is kept for {} days: `reembed rollback` brings it back.",
        report.run_id, *report.backup_days);
  }
  if (in_collection) {
    text += fmt::format(
        "{}What an alias led to before stays until `reembed retire`: until then "
        "`reembed rollback` switches back.",
        text.empty() ? "" : " ");
  }
  return text;
}

// Absent where the run would stay within what it may spend.
std::optional<std::string> OverBudgetText(const Forecast& forecast, const Pricing& pricing) {
  if (!forecast.usd || !pricing.max_usd || *forecast.usd <= *pricing.max_usd) return std::nullopt;
  return fmt::format(
      "That is above --max-cost {}: a run would stop short of it (exit {}); with a higher one the "
      "same command goes on from there.",
      UsdText(*pricing.max_usd), static_cast<int>(kExitLimit));
}

// What was paid, or what a run would have to pay.
void AddMoney(Lines& lines, const RunReport& report) {
  Spending spent = report.Spent();
  // What was foretold is of the whole work.
  const bool whole = report.exit_code == kExitDone || report.exit_code == kExitPartial;
  if (!whole) spent.tokens_foretold.reset();
  if (spent.tokens > 0) {
    lines.push_back("Tokens: " + SpentText(spent));
  }
  const auto forecast = report.TotalForecast();
  if (!report.dry_run || !forecast || forecast->work.tokens == 0) return;
  lines.push_back("In all: " + ForecastText(*forecast));
  if (!report.pricing.price) lines.push_back("Cost: not known");
  if (const auto over = OverBudgetText(*forecast, report.pricing)) AddWrapped(lines, "", *over);
}

void AddNextSteps(Lines& lines, const RunReport& report) {
  const auto add = [&lines](std::string_view text) {
    const Lines wrapped = Wrapped(text, kHintWidth);
    lines.insert(lines.end(), wrapped.begin(), wrapped.end());
  };
  if (!report.message.empty()) add("Ended early: " + report.message);
  if (report.dry_run) {
    return add(report.exit_code == kExitDone
                   ? "Nothing was changed. To migrate: the same command without --dry-run."
                   : "Nothing was changed.");
  }
  if (NothingToDo(report)) {
    return add(
        "Nothing to do: every document has its vector already. Nothing was sent to the "
        "provider and nothing was written.");
  }
  const NewVectors vectors = FindNewVectors(report);
  add(SwitchText(report, vectors));
  add(WayBackText(report));
  const std::string_view advice = AdviceFor(report);
  const bool anything_done = !vectors.whole.empty() || !vectors.partly.empty();
  add(advice.empty() || !anything_done ? std::string(advice)
                                       : fmt::format("{} {}", advice, kRerun));
}

}  // namespace

std::string OutcomeLine(const CollectionReport& report) {
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

Lines Wrapped(std::string_view text, std::size_t width) {
  Lines lines;
  while (text.size() > width) {
    auto at = text.rfind(' ', width);
    if (at == std::string_view::npos || at == 0) at = text.find(' ', 1);
    if (at == std::string_view::npos) break;
    lines.emplace_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  if (!text.empty()) lines.emplace_back(text);
  return lines;
}

void AddWrapped(Lines& lines, std::string_view indent, std::string_view text) {
  for (const std::string& line : Wrapped(text, kReportWidth - indent.size())) {
    lines.push_back(std::string(indent) + line);
  }
}

Lines SummaryLines(const RunReport& report) {
  Lines lines = TitleLines("MIGRATION SUMMARY");
  for (const CollectionReport& collection : report.collections) {
    lines.push_back(OutcomeLine(Shortened(collection, report.message)));
  }
  AddMoney(lines, report);
  lines.push_back(Rule());
  AddNextSteps(lines, report);
  return lines;
}

}  // namespace reembed
