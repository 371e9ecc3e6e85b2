#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reembed/core/journal_size.h"
#include "reembed/core/plan.h"

namespace reembed {
namespace {

// Below this nobody needs to think of the disk.
constexpr std::uint64_t kWorthNoting = 100'000'000;

void NoteShortage(const JournalRoom& room, CollectionPlan& plan) {
  plan.notes.push_back(fmt::format(
      "the disk of {} has {} free and the journal needs about {} more: make room, name another "
      "folder with --state-dir{}",
      room.dir, SizeText(*room.free_bytes), SizeText(plan.journal_bytes),
      room.backup ? ", or give up the way back with --no-backup" : ""));
}

}  // namespace

void ForetellJournal(std::uint64_t documents, std::uint64_t texts, JournalRoom& room,
                     CollectionPlan& plan) {
  if (!plan.blockers.empty() || plan.new_dimensions <= 0 || documents == 0) return;
  const auto length = static_cast<std::uint64_t>(plan.new_dimensions);
  // A field without a fixed length most likely holds vectors like those that are to come.
  const auto old_length =
      static_cast<std::uint64_t>(plan.old_dimensions.value_or(plan.new_dimensions));
  const std::uint64_t bare = JournalBytes(documents, texts, length, old_length, false);
  plan.journal_dir = room.dir;
  plan.journal_bytes = bare;
  // Behind an alias the old collection itself is the way back.
  if (room.backup && plan.strategy != StrategyChoice::kAlias) {
    plan.journal_bytes = JournalBytes(documents, texts, length, old_length, true);
    plan.backup_bytes = plan.journal_bytes - bare;
  }
  if (!room.free_bytes) return;
  if (*room.free_bytes < plan.journal_bytes) NoteShortage(room, plan);
  room.free_bytes = *room.free_bytes - std::min(*room.free_bytes, plan.journal_bytes);
}

void ForetellJournalOfRun(JournalRoom& room, CollectionPlan& plan) {
  ForetellJournal(InScope(plan), InScope(plan), room, plan);
  if (plan.journal_bytes <= kWorthNoting) return;
  plan.notes.push_back(
      fmt::format("if all documents are new, the journal grows by {}", JournalText(plan)));
}

std::string JournalText(const CollectionPlan& plan) {
  const std::string size = SizeText(plan.journal_bytes);
  return fmt::format(
      "{}{} in {}, {}", size.starts_with("under") ? "" : "about ", size, plan.journal_dir,
      plan.backup_bytes ? fmt::format("of which {} backups", SizeText(*plan.backup_bytes))
      : plan.strategy == StrategyChoice::kAlias ? "without backups: the old collection stays"
                                                : "without backups: there will be no rollback");
}

std::string SizeText(std::uint64_t bytes) {
  constexpr std::array<const char*, 4> kUnits = {"MB", "GB", "TB", "PB"};
  if (bytes < 1'000'000) return "under 1 MB";
  double size = static_cast<double>(bytes) / 1e6;
  std::size_t unit = 0;
  // 999.5 and more would be shown as 1000.
  for (; size >= 999.5 && unit + 1 < kUnits.size(); ++unit) size /= 1000;
  return size < 9.95 ? fmt::format("{:.1f} {}", size, kUnits.at(unit))
                     : fmt::format("{:.0f} {}", size, kUnits.at(unit));
}

}  // namespace reembed
