#include "restore.h"

#include <algorithm>
#include <string>
#include <utility>

#include "columns.h"

namespace reembed {
namespace {

// Backups of several runs; the earliest that has one wins.
class BackupTable {
 public:
  BackupTable(Database& database, std::span<const std::int64_t> runs)
      : runs_(runs.begin(), runs.end()),
        find_(database, "SELECT kind, blob FROM backups WHERE run=? AND id=?") {
    std::sort(runs_.begin(), runs_.end());
  }

  std::optional<FieldBackup> First(std::string_view id) {
    for (const std::int64_t run : runs_)
      if (find_.Bind(run, id).Step())
        return FieldBackup{static_cast<BackupKind>(find_.Int(0)), std::string(find_.View(1))};
    return std::nullopt;
  }

 private:
  std::vector<std::int64_t> runs_;
  Statement find_;
};

}  // namespace

std::vector<std::optional<FieldBackup>> ReadFirstBackups(Database& database,
                                                         std::span<const std::int64_t> runs,
                                                         std::span<const std::string_view> ids) {
  BackupTable backups(database, runs);
  std::vector<std::optional<FieldBackup>> found;
  found.reserve(ids.size());
  for (const std::string_view id : ids) found.push_back(backups.First(id));
  return found;
}

void ForgetRestore(Database& database, std::int64_t target) {
  Statement(database, "DELETE FROM restores WHERE target=?").Bind(target).Run();
}

void NoteRestore(Database& database, std::int64_t target, std::span<const std::string_view> ids) {
  Statement note(database, "INSERT OR IGNORE INTO restores(target, id) VALUES(?,?)");
  for (const std::string_view id : ids) note.Bind(target, id).Run();
}

std::vector<RestorableDocument> ReadRestore(Database& database, std::int64_t target,
                                            std::span<const std::int64_t> runs,
                                            std::string_view after, std::size_t max) {
  BackupTable backups(database, runs);
  Statement next(database, "SELECT id FROM restores WHERE target=? AND id>? ORDER BY id");
  std::vector<RestorableDocument> documents;
  next.Bind(target, after);
  while (documents.size() < max && next.Step()) {
    std::string id(next.View(0));
    std::optional<FieldBackup> backup = backups.First(id);
    if (backup) documents.push_back({std::move(id), *std::move(backup)});
  }
  return documents;
}

void MarkRestored(Database& database, std::int64_t target, std::span<const std::string_view> ids) {
  Statement done(database, "DELETE FROM restores WHERE target=? AND id=?");
  // One without a vector has to be embedded.
  Statement set(database,
                "UPDATE documents SET written=0, "
                "state = CASE WHEN vector_hash IS NULL THEN ? ELSE ? END "
                "WHERE target=? AND id=?");
  for (const std::string_view id : ids) {
    done.Bind(target, id).Run();
    set.Bind(DocumentState::kPending, DocumentState::kEmbedded, target, id).Run();
  }
}

void MarkRolledBack(Database& database, std::span<const std::int64_t> runs, WallTime now) {
  Statement mark(database,
                 "UPDATE runs SET state=?, ended=coalesce(ended, max(started, ?)) WHERE number=?");
  for (const std::int64_t run : runs) mark.Bind(RunState::kRolledBack, ToNanos(now), run).Run();
}

}  // namespace reembed
