#include "prune.h"

#include <fmt/core.h>

#include <string_view>
#include <vector>

#include "columns.h"
#include "vector_table.h"

namespace reembed {
namespace {

constexpr std::int64_t kRowsAtOnce = 2000;
constexpr std::int64_t kPagesAtOnce = 256;

// First the marks: a run whose backups have begun to go is not continued.
std::uint64_t MarkRuns(Database& database, WallTime before) {
  Statement mark(database,
                 "UPDATE runs SET pruned=1 WHERE pruned=0 AND state<>? AND ended IS NOT NULL "
                 "AND ended<?");
  mark.Bind(RunState::kOpen, ToNanos(before)).Run();
  return static_cast<std::uint64_t>(database.Changes());
}

// Recipes with vectors all of whose runs have ended before.
std::vector<std::int64_t> SettledRecipes(Database& database, WallTime before) {
  Statement select(database,
                   "SELECT id FROM recipes r WHERE holds_vectors=1 AND NOT EXISTS(SELECT 1 FROM "
                   "runs WHERE recipe = r.id AND (state=? OR ended IS NULL OR ended>=?))");
  std::vector<std::int64_t> recipes;
  for (select.Bind(RunState::kOpen, ToNanos(before)); select.Step();)
    recipes.push_back(select.Int(0));
  return recipes;
}

bool IsNeeded(Database& database, std::int64_t recipe) {
  // A vector that was paid for and never reached the store is needed whatever became of the
  // document: one that is gone may have left the filter only, or be on another cluster.
  Statement find(database,
                 "SELECT 1 FROM documents WHERE recipe=? AND (state IN (?,?,?) OR "
                 "(written=0 AND vector_hash IS NOT NULL)) LIMIT 1");
  return find
      .Bind(recipe, DocumentState::kPending, DocumentState::kEmbedded, DocumentState::kFailed)
      .Step();
}

std::uint64_t CountVectors(Database& database, std::int64_t recipe) {
  Statement count(database, "SELECT count(*) FROM vectors WHERE recipe=? AND blob IS NOT NULL");
  return count.Bind(recipe).Step() ? static_cast<std::uint64_t>(count.Int(0)) : 0;
}

// The rows lose their blobs at once; the blobs themselves go in steps.
std::uint64_t DetachVectors(Database& database, std::int64_t recipe) {
  Statement(database, "UPDATE vectors SET blob=NULL WHERE recipe=? AND blob IS NOT NULL")
      .Bind(recipe)
      .Run();
  return static_cast<std::uint64_t>(database.Changes());
}

// Deletes what `select` lists (ids after its parameter 1, at most its parameter 2, in order) by
// `remove`, a transaction at a time. Returns how many rows that were.
Result<std::uint64_t> DeleteInSteps(JournalFile& file, std::string_view select,
                                    std::string_view remove) {
  std::uint64_t removed = 0;
  for (std::int64_t last = 0;;) {
    const Result<std::int64_t> step = file.Write([&](Database& database) {
      std::vector<std::int64_t> ids;
      Statement list(database, select);
      for (list.Bind(last, kRowsAtOnce); list.Step();) ids.push_back(list.Int(0));
      Statement erase(database, remove);
      for (const std::int64_t id : ids) erase.Bind(id).Run();
      if (!ids.empty()) last = ids.back();
      return static_cast<std::int64_t>(ids.size());
    });
    if (!step.ok()) return step.error();
    if (*step == 0) return removed;
    removed += static_cast<std::uint64_t>(*step);
  }
}

Result<std::uint64_t> RemoveBackups(JournalFile& file) {
  // By the index; without any, the table need not be looked through.
  const Result<bool> any = file.Read([](Database& database) {
    return database.Number(
               "SELECT EXISTS(SELECT 1 FROM runs r JOIN backups b ON b.run = r.number "
               "WHERE r.pruned=1)") != 0;
  });
  if (!any.ok()) return any.error();
  if (!*any) return std::uint64_t{0};
  return DeleteInSteps(file,
                       "SELECT number FROM backups WHERE number>? AND run IN "
                       "(SELECT number FROM runs WHERE pruned=1) ORDER BY number LIMIT ?",
                       "DELETE FROM backups WHERE number=?");
}

Status RemoveVectors(JournalFile& file, std::int64_t recipe, Pruned& pruned) {
  const Result<std::uint64_t> detached =
      file.Write([&](Database& database) { return DetachVectors(database, recipe); });
  if (!detached.ok()) return detached.error();
  pruned.vectors += *detached;
  const Result<std::uint64_t> removed = DeleteInSteps(
      file,
      fmt::format("SELECT id FROM blobs WHERE id>? AND recipe={} ORDER BY id LIMIT ?", recipe),
      "DELETE FROM blobs WHERE id=?");
  if (!removed.ok()) return removed.error();
  // Last, so that an interrupted removal is taken up again.
  return file.Write([&](Database& database) {
    Statement(database, "UPDATE recipes SET holds_vectors=0 WHERE id=?").Bind(recipe).Run();
  });
}

// Gives the free pages back to the file system.
Status Shrink(JournalFile& file) {
  return file.Maintain([](Database& database) {
    std::int64_t free_pages = database.Number("PRAGMA freelist_count");
    while (free_pages > 0 && database.ok()) {
      database.Execute(fmt::format("PRAGMA incremental_vacuum({})", kPagesAtOnce));
      const std::int64_t left = database.Number("PRAGMA freelist_count");
      if (left >= free_pages) break;
      free_pages = left;
    }
    database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
  });
}

}  // namespace

Result<Pruned> PruneJournal(JournalFile& file, WallTime before) {
  Pruned pruned;
  std::vector<std::int64_t> idle;
  const Status looked = file.Write([&](Database& database) {
    SortVectors(database);
    pruned.runs = MarkRuns(database, before);
    for (const std::int64_t recipe : SettledRecipes(database, before)) {
      if (IsNeeded(database, recipe)) {
        pruned.vectors_needed += CountVectors(database, recipe);
      } else {
        idle.push_back(recipe);
      }
    }
  });
  if (!looked.ok()) return looked.error();
  const Result<std::uint64_t> backups = RemoveBackups(file);
  if (!backups.ok()) return backups.error();
  pruned.backups = *backups;
  for (const std::int64_t recipe : idle) {
    if (Status removed = RemoveVectors(file, recipe, pruned); !removed.ok()) return removed.error();
  }
  if (Status shrunk = Shrink(file); !shrunk.ok()) return shrunk.error();
  return pruned;
}

}  // namespace reembed
