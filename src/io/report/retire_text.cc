#include "retire_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "clean.h"
#include "reembed/base/text.h"
#include "reembed/core/exit_code.h"

namespace reembed {
namespace {

std::string DocumentsText(std::uint64_t number) {
  return fmt::format("{} {}", WithThousands(number), number == 1 ? "document" : "documents");
}

std::string CollectionsText(std::size_t number) {
  return fmt::format("{} old {}", number, number == 1 ? "collection" : "collections");
}

std::vector<std::string> NamesOf(const std::vector<OldCollection>& collections) {
  std::vector<std::string> names;
  names.reserve(collections.size());
  for (const OldCollection& old : collections) names.push_back(old.id.name);
  return names;
}

std::size_t CountOf(const CollectionRetirement& result, OldState state) {
  return static_cast<std::size_t>(
      std::count_if(result.old.begin(), result.old.end(),
                    [state](const OldCollection& old) { return old.state == state; }));
}

std::string_view StateText(OldState state) {
  switch (state) {
    case OldState::kToDelete:
      return "To delete";
    case OldState::kDeleted:
      return "Deleted";
    case OldState::kKept:
      break;
  }
  return "Kept";
}

void AddOld(Lines& lines, const OldCollection& old, WallTime now) {
  const auto age = std::chrono::duration_cast<Seconds>(now - old.since);
  AddWrapped(
      lines, "  ",
      fmt::format("{}: {}, {}, {} {} ago ({})", StateText(old.state), old.id.name,
                  DocumentsText(old.documents),
                  old.kind == OldKind::kServed ? "switched away from" : "a copy that was given up",
                  AgeText(age), IsoTime(old.since)));
  if (!old.message.empty()) AddWrapped(lines, "    ", "! " + old.message);
}

// Of the others the summary says all there is to say.
bool HasBlock(const CollectionRetirement& result) {
  return !result.old.empty() ||
         (result.status == RetireStatus::kError && !result.message.starts_with("not started: "));
}

Lines CollectionLines(const CollectionRetirement& result, WallTime now) {
  Lines lines = {fmt::format("Old collections of '{}':", result.name)};
  if (!result.collection.empty()) {
    const std::string documents = DocumentsText(result.documents.value_or(0));
    AddWrapped(lines, "  ",
               result.collection == result.configured
                   ? fmt::format("- In use: {}, {}", result.collection, documents)
                   : fmt::format("- In use: {}, which the alias '{}' leads to, {}",
                                 result.collection, result.configured, documents));
  }
  for (const OldCollection& old : result.old) AddOld(lines, old, now);
  // The reasons stand beside what is kept.
  if (!result.message.empty() && CountOf(result, OldState::kKept) == 0) {
    AddWrapped(lines, "  ", "! " + result.message);
  }
  return lines;
}

std::string CountsText(const CollectionRetirement& result) {
  std::string text;
  const auto add = [&](std::size_t number, std::string_view what) {
    if (number == 0) return;
    text += fmt::format(", {} {}",
                        text.empty() ? CollectionsText(number) : fmt::format("{}", number), what);
  };
  add(CountOf(result, OldState::kToDelete), "to delete");
  add(CountOf(result, OldState::kDeleted), "deleted");
  add(CountOf(result, OldState::kKept), "kept");
  return text;
}

std::string OutcomeText(const CollectionRetirement& result) {
  const std::string counts = CountsText(result);
  switch (result.status) {
    case RetireStatus::kRetired:
      return "retired" + counts;
    case RetireStatus::kPlanned:
      return "dry run" + counts;
    case RetireStatus::kNothing:
      return fmt::format("nothing to retire ({})", result.message);
    case RetireStatus::kSkipped:
      return fmt::format("skipped ({})", result.message);
    case RetireStatus::kError:
    case RetireStatus::kInterrupted:
      break;
  }
  return fmt::format("{} ({}){}", ToString(result.status), result.message, counts);
}

std::string_view AdviceFor(const RetireReport& report) {
  switch (report.exit_code) {
    case kExitInterrupted:
      return "Run `reembed retire` again to finish.";
    case kExitTemporary:
      return "The cause is temporary: run `reembed retire` again later.";
    case kExitRefused:
      return "Not every old collection may go; the reasons stand above.";
    default:
      return "";
  }
}

Lines ClosingLines(const RetireReport& report) {
  Lines lines;
  if (!report.message.empty() && report.exit_code != kExitInterrupted) {
    AddWrapped(lines, "", "Ended early: " + report.message);
  }
  const std::vector<std::string> deleted = NamesOf(report.InState(OldState::kDeleted));
  if (!deleted.empty()) {
    AddWrapped(lines, "",
               fmt::format("Deleted for good: {}. There is no rollback to what is deleted.",
                           fmt::join(deleted, ", ")));
  } else if (report.exit_code == kExitDone && report.InState(OldState::kToDelete).empty()) {
    lines.emplace_back("There is nothing to retire. Nothing was changed.");
  } else {
    lines.emplace_back("Nothing was changed.");
  }
  AddWrapped(lines, "", AdviceFor(report));
  return lines;
}

}  // namespace

std::string AgeText(Seconds age) {
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 3> kUnits = {
      {{86'400, "day"}, {3600, "hour"}, {60, "minute"}}};
  for (const auto& [seconds, unit] : kUnits) {
    const std::int64_t number = age.count() / seconds;
    if (number > 0) return fmt::format("{} {}{}", number, unit, number == 1 ? "" : "s");
  }
  return "less than a minute";
}

Lines RetireLines(const RetireReport& report) {
  Lines lines = TitleLines(report.dry_run ? "RETIRE (DRY RUN)" : "RETIRE");
  const auto add = [&lines](const Lines& more) {
    lines.insert(lines.end(), more.begin(), more.end());
  };
  for (const CollectionRetirement& result : report.collections) {
    if (HasBlock(result)) add(CollectionLines(result, report.started_at));
  }
  add(TitleLines("RETIRE SUMMARY"));
  for (const CollectionRetirement& result : report.collections) {
    lines.push_back(fmt::format("{}: {}", result.name, OutcomeText(result)));
  }
  lines.push_back(Rule());
  add(ClosingLines(report));
  return lines;
}

std::string RetireText(const RetireReport& report, const Redactor& redact) {
  std::string text;
  for (const std::string& line : RetireLines(report)) text += Clean(line, redact) + '\n';
  return text;
}

std::string RetireQuestion(const RetireReport& plan, const Redactor& redact) {
  const std::vector<OldCollection> old = plan.InState(OldState::kToDelete);
  if (old.empty()) return "";
  std::vector<std::string> parts;
  std::vector<std::string> served;
  for (const OldCollection& collection : old) {
    parts.push_back(
        fmt::format("{} ({})", collection.id.name, DocumentsText(collection.documents)));
    if (collection.kind == OldKind::kServed) served.push_back(collection.id.name);
  }
  const std::string warning =
      served.empty()
          ? ""
          : fmt::format(" There is no rollback to {} after that.", fmt::join(served, ", "));
  return Clean(fmt::format("Delete {} for good?{}", fmt::join(parts, ", "), warning), redact);
}

}  // namespace reembed
