#include "vector_table.h"

#include <memory>
#include <unordered_set>
#include <utility>

namespace reembed {

VectorTable::Rows::Rows(Database& database, const std::string& table)
    : find(database, "SELECT v.vector_hash, v.truncated, b.vector FROM " + table +
                         " v JOIN blobs b ON b.id = v.blob WHERE v.recipe=? AND v.text_hash=?"),
      known(database, "SELECT vector_hash, truncated, blob IS NOT NULL FROM " + table +
                          " WHERE recipe=? AND text_hash=?"),
      detach(database, "UPDATE " + table + " SET blob=NULL WHERE recipe=? AND text_hash=?"),
      put(database, "REPLACE INTO " + table +
                        "(recipe, text_hash, vector_hash, truncated, blob) VALUES(?,?,?,?,?)") {}

VectorTable::VectorTable(Database& database, std::int64_t recipe)
    : database_(database),
      recipe_(recipe),
      recent_(database, "recent_vectors"),
      sorted_(database, "vectors"),
      add_blob_(database, "INSERT INTO blobs(recipe, vector) VALUES(?,?)"),
      keep_hash_(database, "INSERT OR IGNORE INTO kept_hashes VALUES(?)") {}

std::optional<KeptVector> VectorTable::Find(const TextHash& text) {
  if (std::optional<KeptVector> kept = FindIn(recent_, text)) return kept;
  return FindIn(sorted_, text);
}

std::optional<KeptVector> VectorTable::FindIn(Rows& rows, const TextHash& text) const {
  if (!rows.find.Bind(recipe_, text).Step()) return std::nullopt;
  KeptVector kept;
  kept.hash = rows.find.Hash(0).value_or(VectorHash{});
  kept.truncated = rows.find.Bool(1);
  kept.vector = std::make_shared<const Embedding>(rows.find.Vector(2));
  // SQLite has no checksums. A vector that the disk has spoilt is not there: it is made anew.
  if (HashVector(*kept.vector) != kept.hash) return std::nullopt;
  return kept;
}

bool VectorTable::Has(const TextHash& text) {
  const std::optional<KnownVector> known = Known(text);
  return known && known->stored;
}

std::optional<KnownVector> VectorTable::Known(const TextHash& text) {
  if (std::optional<KnownVector> known = KnownIn(recent_, text)) return known;
  return KnownIn(sorted_, text);
}

std::optional<KnownVector> VectorTable::KnownIn(Rows& rows, const TextHash& text) const {
  if (!rows.known.Bind(recipe_, text).Step()) return std::nullopt;
  return KnownVector{rows.known.Hash(0).value_or(VectorHash{}), rows.known.Bool(1),
                     rows.known.Bool(2)};
}

void VectorTable::Detach(const TextHash& text) {
  recent_.detach.Bind(recipe_, text).Run();
  sorted_.detach.Bind(recipe_, text).Run();
}

KeptVector VectorTable::Save(const EmbeddedText& text) {
  // Nearly every text is new: one question to each table, and none after its row.
  const std::optional<KnownVector> sorted = KnownIn(sorted_, text.hash);
  const std::optional<KnownVector> known = sorted ? sorted : KnownIn(recent_, text.hash);
  Rows& rows = sorted ? sorted_ : recent_;
  if (known) {
    if (std::optional<KeptVector> kept = FindIn(rows, text.hash)) return *std::move(kept);
  }
  KeptVector saved{text.vector, HashVector(*text.vector), text.truncated};
  add_blob_.Bind(recipe_, Statement::AsBytes(*text.vector)).Run();
  const std::int64_t blob = database_.LastInsertId();
  // A vector that was pruned and paid again need not be the same; the old one may still be in the
  // store.
  if (known) keep_hash_.Bind(known->hash).Run();
  if (sorted) keep_hash_.Bind(saved.hash).Run();
  rows.put.Bind(recipe_, text.hash, saved.hash, saved.truncated, blob).Run();
  // Ids grow by one, so that this comes round in time whoever counted before.
  if (blob % kRowsToSort == 0) SortVectors(database_);
  return saved;
}

// FAIL and IGNORE: to undo one statement alone SQLite would keep all pages that it changes in
// memory.
void SortVectors(Database& database) {
  Statement(database,
            "INSERT OR FAIL INTO vectors SELECT recipe, text_hash, vector_hash, truncated, blob "
            "FROM recent_vectors ORDER BY recipe, text_hash")
      .Run();
  Statement(database,
            "INSERT OR IGNORE INTO kept_hashes SELECT vector_hash FROM recent_vectors "
            "ORDER BY vector_hash")
      .Run();
  Statement(database, "DELETE FROM recent_vectors").Run();
}

std::vector<bool> ReadPaid(Database& database, std::int64_t recipe,
                           std::span<const TextHash> texts) {
  VectorTable vectors(database, recipe);
  std::vector<bool> paid;
  paid.reserve(texts.size());
  for (const TextHash& text : texts) paid.push_back(vectors.Has(text));
  return paid;
}

std::vector<bool> WereKept(Database& database, std::span<const VectorHash> vectors) {
  std::unordered_set<VectorHash, TextHashHasher> recent;
  Statement list(database, "SELECT vector_hash FROM recent_vectors");
  while (list.Step()) recent.insert(list.Hash(0).value_or(VectorHash{}));
  Statement find(database, "SELECT 1 FROM kept_hashes WHERE vector_hash=?");
  std::vector<bool> kept;
  kept.reserve(vectors.size());
  for (const VectorHash& hash : vectors) {
    kept.push_back(recent.contains(hash) || find.Bind(hash).Step());
  }
  return kept;
}

}  // namespace reembed
