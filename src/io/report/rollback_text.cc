#include "rollback_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "clean.h"
#include "reembed/base/text.h"
#include "reembed/core/exit_code.h"
#include "rollback_closing.h"
#include "rollback_way_text.h"

namespace reembed {
namespace {

constexpr std::string_view kIndent = "  ";

void AddCount(Lines& lines, std::string_view label, std::uint64_t number) {
  if (number > 0) lines.push_back(fmt::format("  {}: {}", label, WithThousands(number)));
}

void AddLeft(Lines& lines, const CollectionRollback& result) {
  const std::size_t shown = std::min(result.left.size(), kMaxLeftShown);
  for (std::size_t i = 0; i < shown; ++i) {
    lines.push_back(fmt::format("    - id '{}': {}", result.left[i].id, result.left[i].reason));
  }
  const std::uint64_t total = result.counts.left + result.counts.failed;
  if (total > shown) {
    lines.push_back(fmt::format("    … and {} more; --output json lists up to {}",
                                WithThousands(total - shown), WithThousands(kMaxLeftListed)));
  }
}

bool IsAlias(const CollectionRollback& result) {
  return result.strategy == StrategyChoice::kAlias;
}

bool Looked(const CollectionRollback& result) {
  return !result.runs.empty() || IsAlias(result);
}

void AddCarried(Lines& lines, const CollectionRollback& result) {
  if (result.carried) {
    lines.push_back(fmt::format(
        "  Carried over: {} new, {} changed, {} deleted", WithThousands(result.carried->created),
        WithThousands(result.carried->replaced), WithThousands(result.carried->deleted)));
  }
  AddCount(lines, "Not carried over", result.counts.left);
  AddLeft(lines, result);
}

void AddCounts(Lines& lines, const CollectionRollback& result, bool dry_run) {
  const RollbackCounts& counts = result.counts;
  lines.push_back(
      dry_run ? fmt::format("  To restore: {} documents", WithThousands(counts.to_restore))
              : fmt::format("  Restored: {} of {} documents", WithThousands(counts.restored),
                            WithThousands(counts.to_restore)));
  AddCount(lines, "As before already", counts.as_before);
  AddCount(lines, "Deleted since", counts.gone);
  AddCount(lines, "Without a backup (up to date when the run began, or newer)",
           counts.without_backup);
  AddCount(lines, "Left alone", counts.left);
  AddCount(lines, "Failed", counts.failed);
  AddLeft(lines, result);
}

Lines CollectionLines(const CollectionRollback& result, bool dry_run) {
  Lines lines = {fmt::format("Rolling back '{}':", result.name)};
  if (result.collection != result.name) lines.push_back("  - Collection: " + result.collection);
  if (!result.runs.empty()) {
    AddWrapped(lines, kIndent,
               fmt::format("- {}: {}", result.runs.size() == 1 ? "Run" : "Runs",
                           fmt::join(result.runs, ", ")));
  }
  for (const std::string& note : result.notes) AddWrapped(lines, kIndent, "- Note: " + note);
  for (const std::string& sentence : WaySentences(result, dry_run)) {
    AddWrapped(lines, kIndent, "- " + sentence);
  }
  if (IsAlias(result)) {
    AddCarried(lines, result);
  } else if (Looked(result)) {
    AddCounts(lines, result, dry_run);
  }
  if (!result.message.empty()) AddWrapped(lines, kIndent, "! " + result.message);
  return lines;
}

std::string CountsText(const RollbackCounts& counts) {
  std::string text = fmt::format("{} restored", counts.restored);
  const auto add = [&text](std::uint64_t number, std::string_view words) {
    if (number > 0) text += fmt::format(", {} {}", number, words);
  };
  add(counts.as_before, "as before already");
  add(counts.gone, "deleted");
  add(counts.left, "left alone");
  add(counts.failed, "failed");
  return text;
}

std::string OutcomeText(const CollectionRollback& result) {
  switch (result.status) {
    case RollbackStatus::kRestored:
    case RollbackStatus::kPartial:
      if (IsAlias(result)) return AliasOutcome(result);
      return fmt::format("{}, {}", ToString(result.status), CountsText(result.counts));
    case RollbackStatus::kPlanned:
      if (IsAlias(result)) return AliasOutcome(result);
      return fmt::format("dry run, {} to restore, {} to be left alone", result.counts.to_restore,
                         result.counts.left);
    case RollbackStatus::kNothing:
      return fmt::format("nothing to roll back ({})", result.message);
    case RollbackStatus::kSkipped:
      return fmt::format("skipped ({})", result.message);
    case RollbackStatus::kError:
    case RollbackStatus::kInterrupted:
      break;
  }
  std::string text = fmt::format("{} ({})", ToString(result.status), result.message);
  if (result.counts.restored > 0) text += ", " + CountsText(result.counts);
  return text;
}

// Of these the summary says all there is to say.
bool HasBlock(const CollectionRollback& result) {
  return Looked(result) ||
         (result.status == RollbackStatus::kError && !result.message.starts_with("not started: "));
}

}  // namespace

Lines RollbackLines(const RollbackReport& report) {
  if (report.exit_code == kExitUsage) return RollbackClosing(report);
  Lines lines = TitleLines(report.dry_run ? "ROLLBACK (DRY RUN)" : "ROLLBACK");
  const auto add = [&lines](const Lines& more) {
    lines.insert(lines.end(), more.begin(), more.end());
  };
  for (const CollectionRollback& result : report.collections) {
    if (HasBlock(result)) add(CollectionLines(result, report.dry_run));
  }
  add(TitleLines("ROLLBACK SUMMARY"));
  for (const CollectionRollback& result : report.collections) {
    lines.push_back(fmt::format("{}: {}", result.name, OutcomeText(result)));
  }
  lines.push_back(Rule());
  add(RollbackClosing(report));
  return lines;
}

std::string RollbackText(const RollbackReport& report, const Redactor& redact) {
  std::string text;
  for (const std::string& line : RollbackLines(report)) text += Clean(line, redact) + '\n';
  return text;
}

std::string RollbackQuestion(const RollbackReport& plan, const Redactor& redact) {
  return Clean(QuestionText(plan), redact);
}

}  // namespace reembed
