#include "schema.h"

#include <fmt/core.h>

#include <string>

#include "sqlite_errors.h"

namespace reembed {
namespace {

// Hashes are 16 bytes, times nanoseconds since 1970, enums their numbers.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE counters(session INTEGER NOT NULL);
INSERT INTO counters VALUES(0);

CREATE TABLE targets(
  id INTEGER PRIMARY KEY,
  collection TEXT NOT NULL, created_at INTEGER NOT NULL, field TEXT NOT NULL,
  pass INTEGER NOT NULL DEFAULT 0,             -- the last one begun
  UNIQUE(collection, created_at, field));

CREATE TABLE recipes(
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  epoch INTEGER NOT NULL,                      -- a forced run takes a new one
  forced_in INTEGER NOT NULL,                  -- the session that did; 0: not forced
  holds_vectors INTEGER NOT NULL DEFAULT 0,
  UNIQUE(fingerprint, epoch));

CREATE TABLE runs(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL, name TEXT NOT NULL,
  target INTEGER NOT NULL REFERENCES targets, recipe INTEGER NOT NULL REFERENCES recipes,
  nodes TEXT NOT NULL,                         -- one a line
  started INTEGER NOT NULL, ended INTEGER,
  state INTEGER NOT NULL, pruned INTEGER NOT NULL DEFAULT 0,
  with_backup INTEGER NOT NULL DEFAULT 1);     -- 0 once a start without noted work

CREATE TABLE documents(
  target INTEGER NOT NULL, id TEXT NOT NULL,
  state INTEGER NOT NULL, pass INTEGER NOT NULL,
  recipe INTEGER NOT NULL, text_hash BLOB NOT NULL,
  vector_hash BLOB,                            -- of text_hash by recipe
  written INTEGER NOT NULL,                    -- the store has held vector_hash
  truncated INTEGER NOT NULL,
  session INTEGER NOT NULL, outcome INTEGER,   -- the last outcome, and whose it is
  attempts INTEGER NOT NULL,                   -- that failed
  error_stage INTEGER, error_kind INTEGER, error_message TEXT,
  PRIMARY KEY(target, id)) WITHOUT ROWID;

-- Small rows at random places; the blobs apart, where they are appended.
CREATE TABLE vectors(
  recipe INTEGER NOT NULL, text_hash BLOB NOT NULL,
  vector_hash BLOB NOT NULL, truncated INTEGER NOT NULL,
  blob INTEGER,                                -- id in blobs; NULL after pruning
  PRIMARY KEY(recipe, text_hash)) WITHOUT ROWID;
CREATE INDEX vectors_by_hash ON vectors(vector_hash);
CREATE TABLE blobs(id INTEGER PRIMARY KEY, recipe INTEGER NOT NULL, vector BLOB NOT NULL);
-- Hashes that a pruned and refilled row of vectors held before.
CREATE TABLE former_hashes(vector_hash BLOB PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE backups(
  number INTEGER PRIMARY KEY,
  run INTEGER NOT NULL, id TEXT NOT NULL, kind INTEGER NOT NULL, blob BLOB NOT NULL);
CREATE UNIQUE INDEX backups_by_id ON backups(run, id);

CREATE TABLE restores(target INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY(target, id))
  WITHOUT ROWID;
)sql";

constexpr const char* kVersion2 = R"sql(
ALTER TABLE documents ADD COLUMN copy BLOB;    -- hash of the whole document as it was copied

CREATE TABLE cutovers(
  number INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL, step INTEGER NOT NULL,
  name TEXT NOT NULL, nodes TEXT NOT NULL,     -- one a line
  field TEXT NOT NULL,
  from_name TEXT NOT NULL, from_created_at INTEGER NOT NULL,
  to_name TEXT NOT NULL, to_created_at INTEGER NOT NULL,
  old_definition TEXT NOT NULL, new_definition TEXT NOT NULL,
  aliases TEXT NOT NULL,                       -- one a line
  started INTEGER NOT NULL, changed INTEGER NOT NULL);
)sql";

// Hashes come in any order: each one that went straight to its place would take a page of its own
// to the disk. They are gathered and then put there many at a time, in the order of the places.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE recent_vectors(                   -- not in vectors yet
  recipe INTEGER NOT NULL, text_hash BLOB NOT NULL,
  vector_hash BLOB NOT NULL, truncated INTEGER NOT NULL,
  blob INTEGER,
  PRIMARY KEY(recipe, text_hash)) WITHOUT ROWID;
-- Every hash that a row of vectors holds or has held.
ALTER TABLE former_hashes RENAME TO kept_hashes;
INSERT OR IGNORE INTO kept_hashes SELECT vector_hash FROM vectors ORDER BY vector_hash;
DROP INDEX vectors_by_hash;
)sql";

constexpr const char* kVersion4 = R"sql(
ALTER TABLE documents ADD COLUMN spelling BLOB;  -- of the text that vector_hash has in the store
)sql";

constexpr SchemaStep kSteps[] = {{1, kVersion1}, {2, kVersion2}, {3, kVersion3}, {4, kVersion4}};

// A check of the whole takes a second per few hundred MB.
constexpr std::int64_t kSmallFile = std::int64_t{16} << 20;

void CheckStructure(Database& database) {
  const std::int64_t size =
      database.Number("PRAGMA page_count") * database.Number("PRAGMA page_size");
  if (size > kSmallFile) return;
  Statement check(database, "PRAGMA quick_check(1)");
  if (check.Step() && check.View(0) != "ok") database.FailDamaged(check.View(0));
}

Error Newer(const std::string& path, std::int64_t version, int newest) {
  return {ErrorKind::kRefused,
          fmt::format("the journal {} is of version {}, this program knows up to version {}: use "
                      "the newer program, or another --state-dir",
                      path, version, newest)};
}

}  // namespace

std::span<const SchemaStep> SchemaSteps() {
  return kSteps;
}

Result<FileState> Inspect(Database& database, std::span<const SchemaStep> steps) {
  const int newest = steps.back().version;
  const std::int64_t application = database.Number("PRAGMA application_id");
  const std::int64_t version = database.Number("PRAGMA user_version");
  const std::int64_t tables = database.Number("SELECT count(*) FROM sqlite_schema");
  Status read = database.TakeStatus();
  if (!read.ok()) return read.error();
  // A file without anything: new, or its maker was killed before the tables were committed.
  if (application == 0 && version == 0 && tables == 0) return FileState::kEmpty;
  if (application != kApplicationId)
    return DamagedError(database.path(), "it belongs to another program");
  if (version > newest) return Newer(database.path(), version, newest);
  CheckStructure(database);
  read = database.TakeStatus();
  if (!read.ok()) return read.error();
  return version < newest ? FileState::kOlder : FileState::kCurrent;
}

Status Prepare(Database& database, std::span<const SchemaStep> steps) {
  // The first two count only for an empty file.
  for (const char* pragma :
       {"page_size=32768", "auto_vacuum=INCREMENTAL", "journal_mode=WAL", "synchronous=FULL",
        "cache_size=-8192", "wal_autocheckpoint=512", "journal_size_limit=33554432",
        "temp_store=MEMORY", "trusted_schema=OFF"})
    database.Execute(std::string("PRAGMA ") + pragma);
  Status set = database.TakeStatus();
  if (!set.ok()) return set;
  Transaction transaction(database, Transaction::Kind::kWrite);
  const std::int64_t version = database.Number("PRAGMA user_version");
  for (const SchemaStep& step : steps) {
    if (step.version <= version) continue;
    database.Execute(step.sql);
    database.Execute(fmt::format("PRAGMA user_version={}", step.version));
  }
  if (version == 0) database.Execute(fmt::format("PRAGMA application_id={}", kApplicationId));
  return transaction.Commit();
}

}  // namespace reembed
