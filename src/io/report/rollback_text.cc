#include "rollback_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "clean.h"
#include "reembed/base/text.h"
#include "reembed/core/exit_code.h"

namespace reembed {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::string_view kIndent = "  ";

// A long sentence in lines of at most kWidth columns, each behind `indent`.
void AddWrapped(Lines& lines, std::string_view indent, std::string_view text) {
  for (const std::string& line : Wrapped(text, kWidth - indent.size())) {
    lines.push_back(std::string(indent) + line);
  }
}

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

bool Looked(const CollectionRollback& result) {
  return !result.runs.empty();
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
  if (Looked(result)) {
    AddWrapped(lines, kIndent,
               fmt::format("- {}: {}", result.runs.size() == 1 ? "Run" : "Runs",
                           fmt::join(result.runs, ", ")));
  }
  for (const std::string& note : result.notes) AddWrapped(lines, kIndent, "- Note: " + note);
  if (Looked(result)) AddCounts(lines, result, dry_run);
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
      return fmt::format("{}, {}", ToString(result.status), CountsText(result.counts));
    case RollbackStatus::kPlanned:
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

// What finishes what this call began.
std::string Again(const RollbackReport& report) {
  return fmt::format("`reembed rollback{}` again",
                     report.run.empty() ? "" : " --run " + report.run);
}

std::string AdviceFor(const RollbackReport& report) {
  switch (report.exit_code) {
    case kExitPartial:
      return "The documents listed above do not hold their old vectors: see to the reasons.";
    case kExitInterrupted:
      return fmt::format("Run {} to finish.", Again(report));
    case kExitTemporary:
      return fmt::format("The cause is temporary: run {} later.", Again(report));
    case kExitRefused:
      return "Not everything could be rolled back; the reasons stand above.";
    default:
      return "";
  }
}

// Its runs count as rolled back from now on.
bool RunsEnded(const CollectionRollback& result) {
  return result.status == RollbackStatus::kRestored ||
         (result.status == RollbackStatus::kPartial && result.counts.failed == 0);
}

bool AnyFailed(const RollbackReport& report) {
  const auto& all = report.collections;
  return std::any_of(all.begin(), all.end(),
                     [](const CollectionRollback& result) { return result.counts.failed > 0; });
}

// What a rollback came to that gave nothing back.
std::string_view NothingText(const RollbackReport& report) {
  const auto& all = report.collections;
  if (!AnyFailed(report) && std::any_of(all.begin(), all.end(), RunsEnded)) {
    return "There was nothing to restore, and no document was changed. The runs above count as "
           "rolled back now: the next `reembed rollback` goes on with the run before.";
  }
  return report.exit_code == kExitDone ? "There was nothing to restore. Nothing was changed." : "";
}

std::string FailedAdvice(const RollbackReport& report) {
  if (!AnyFailed(report)) return "";
  return fmt::format(
      "A run of which documents failed can still be rolled back: run {}, which tries just those, "
      "or go back further with `--run` and the id of an older run.",
      Again(report));
}

Lines ClosingLines(const RollbackReport& report) {
  Lines lines;
  if (report.exit_code == kExitUsage) return Wrapped(report.message, kWidth);
  if (!report.message.empty() && report.exit_code != kExitInterrupted) {
    AddWrapped(lines, "", "Ended early: " + report.message);
  }
  std::vector<std::string> restored;
  for (const CollectionRollback& result : report.collections) {
    if (result.counts.restored > 0) restored.push_back(result.name);
  }
  if (report.dry_run) {
    AddWrapped(lines, "",
               report.ToRestore() == 0 ? "There is nothing to restore. Nothing was changed."
                                       : "Nothing was changed.");
    return lines;
  }
  if (!restored.empty()) {
    AddWrapped(lines, "",
               fmt::format("Old vectors are back in: {}. The application must use the model that "
                           "they are from. `reembed run` would write the new ones again without "
                           "paying for them.",
                           fmt::join(restored, ", ")));
  } else {
    AddWrapped(lines, "", NothingText(report));
  }
  AddWrapped(lines, "", FailedAdvice(report));
  AddWrapped(lines, "", AdviceFor(report));
  return lines;
}

}  // namespace

Lines RollbackLines(const RollbackReport& report) {
  if (report.exit_code == kExitUsage) return ClosingLines(report);
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
  add(ClosingLines(report));
  return lines;
}

std::string RollbackText(const RollbackReport& report, const Redactor& redact) {
  std::string text;
  for (const std::string& line : RollbackLines(report)) text += Clean(line, redact) + '\n';
  return text;
}

std::string RollbackQuestion(const RollbackReport& plan, const Redactor& redact) {
  std::vector<std::string> parts;
  for (const CollectionRollback& result : plan.collections) {
    if (result.counts.to_restore == 0) continue;
    parts.push_back(
        fmt::format("{} documents of {}", WithThousands(result.counts.to_restore), result.name));
  }
  if (parts.empty()) return "";
  return Clean(
      fmt::format("Give {} back the vectors that they had before?", fmt::join(parts, ", ")),
      redact);
}

}  // namespace reembed
