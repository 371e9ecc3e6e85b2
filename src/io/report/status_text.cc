#include "status_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "clean.h"
#include "reembed/base/text.h"

namespace reembed {
namespace {

std::string Plural(std::uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", WithThousands(number), number == 1 ? one : many);
}

std::string StateText(const StatusRun& run) {
  const std::string ended = run.ended ? IsoTime(*run.ended) : "";
  switch (run.state) {
    case StatusOfRun::kOpen:
      return "not finished";
    case StatusOfRun::kEnded:
      return "ended " + ended;
    case StatusOfRun::kRolledBack:
      break;
  }
  return "rolled back, ended " + ended;
}

std::string BackupText(const StatusRun& run) {
  if (!run.with_backup) return "no backup (--no-backup)";
  if (run.pruned) return "its backup was removed";
  return fmt::format("backup of {}", Plural(run.backups, "document", "documents"));
}

void AddRun(Lines& lines, const StatusRun& run) {
  lines.push_back("  - Run " + run.id);
  lines.push_back(fmt::format("      started {}, {}", IsoTime(run.started), StateText(run)));
  AddWrapped(lines, "      ", fmt::format("{}; {}", run.recipe, BackupText(run)));
}

std::string DocumentsText(const StatusTarget& target) {
  std::string text = fmt::format("Documents: {} written", WithThousands(target.written));
  const auto add = [&text](std::uint64_t number, std::string_view words) {
    if (number > 0) text += fmt::format(", {} {}", WithThousands(number), words);
  };
  add(target.embedded, "paid for and not written");
  add(target.pending, "to be embedded");
  add(target.failed, "failed");
  add(target.skipped, "skipped (no text)");
  return text;
}

Lines TargetLines(const StatusTarget& target) {
  Lines lines = {fmt::format("'{}':", target.name)};
  if (target.collection != target.name) lines.push_back("  - Collection: " + target.collection);
  lines.push_back("  - Embedding field: " + target.field);
  AddWrapped(lines, "  ", DocumentsText(target));
  AddWrapped(lines, "  ", "Next: " + RerunText(target));
  const std::size_t shown = std::min(target.runs.size(), kMaxRunsShown);
  for (std::size_t i = 0; i < shown; ++i) AddRun(lines, target.runs[i]);
  if (target.runs.size() > shown) {
    lines.push_back(fmt::format("  … and {}; --output json lists all",
                                Plural(target.runs.size() - shown, "earlier run", "earlier runs")));
  }
  return lines;
}

Lines CutoverLines(const StatusCutover& open) {
  const Cutover& cutover = open.cutover;
  Lines lines;
  AddWrapped(lines, "", fmt::format("'{}': {}", cutover.name, CutOffText(cutover)));
  lines.push_back("  - Embedding field: " + cutover.field);
  if (MayBeAway(cutover)) {
    AddWrapped(lines, "  ", fmt::format("! Vector search on {} may be away", cutover.to.name));
  }
  AddWrapped(lines, "  ", "Next: " + GoOnText(cutover, open.recovery_file));
  return lines;
}

void AddOldCollections(Lines& lines, const StatusReport& report) {
  for (const LeftCollection& left : report.old_collections) {
    AddWrapped(lines, "",
               fmt::format("Old collection {} may be left: `reembed retire` deletes it if it is",
                           left.id.name));
  }
}

std::string PruneHint(const Prunable& prunable) {
  if (prunable.runs == 0) return "`status --prune` has nothing to remove.";
  return fmt::format(
      "`status --prune` would remove what {} still {}: {}, and the vectors that no document needs "
      "any more. Their rollback would end with it.",
      Plural(prunable.runs, "ended run", "ended runs"), prunable.runs == 1 ? "keeps" : "keep",
      Plural(prunable.backups, "backup", "backups"));
}

std::string PrunedText(const StatusPruned& pruned) {
  std::string text = fmt::format(
      "Removed: {} and {} of {}.", Plural(pruned.backups, "backup", "backups"),
      Plural(pruned.vectors, "vector", "vectors"), Plural(pruned.runs, "ended run", "ended runs"));
  if (pruned.vectors_needed > 0) {
    text += fmt::format(" Kept: {} that documents not yet written need.",
                        Plural(pruned.vectors_needed, "vector", "vectors"));
  }
  return text;
}

}  // namespace

std::string BytesText(std::uint64_t bytes) {
  constexpr double kStep = 1000;
  if (bytes < 1000) return Plural(bytes, "byte", "bytes");
  double size = static_cast<double>(bytes) / kStep;
  std::string_view unit = "kB";
  for (const std::string_view larger : {"MB", "GB", "TB"}) {
    // What would be rounded up to 1000.0 is one of the next unit.
    if (size < kStep - 0.05) break;
    size /= kStep;
    unit = larger;
  }
  return fmt::format("{:.1f} {}", size, unit);
}

Lines StatusLines(const StatusReport& report) {
  Lines lines = TitleLines("STATUS");
  for (const StatusCutover& open : report.cutovers) {
    const Lines more = CutoverLines(open);
    lines.insert(lines.end(), more.begin(), more.end());
  }
  // A switch that was cut off early has no run yet.
  const bool nothing = report.cutovers.empty() && report.targets.empty();
  if (!report.exists || nothing) {
    AddWrapped(lines, "",
               fmt::format("There is no run in {} yet: nothing was migrated from this state "
                           "directory.",
                           report.journal));
    lines.push_back(Rule());
    return lines;
  }
  for (const StatusTarget& target : report.targets) {
    const Lines more = TargetLines(target);
    lines.insert(lines.end(), more.begin(), more.end());
  }
  AddOldCollections(lines, report);
  lines.push_back(Rule());
  lines.push_back(fmt::format("Journal: {}, {}", report.journal, BytesText(report.bytes_on_disk)));
  AddWrapped(lines, "", report.pruned ? PrunedText(*report.pruned) : PruneHint(PrunableOf(report)));
  return lines;
}

std::string StatusText(const StatusReport& report, const Redactor& redact) {
  std::string text;
  for (const std::string& line : StatusLines(report)) text += Clean(line, redact) + '\n';
  return text;
}

std::string PruneQuestion(const StatusReport& report) {
  const Prunable prunable = PrunableOf(report);
  if (prunable.runs == 0) return "";
  return fmt::format("Remove vectors and {} of {}? They cannot be rolled back after that.",
                     Plural(prunable.backups, "backup", "backups"),
                     Plural(prunable.runs, "ended run", "ended runs"));
}

}  // namespace reembed
