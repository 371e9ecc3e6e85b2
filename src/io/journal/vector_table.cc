#include "vector_table.h"

#include <memory>
#include <utility>

namespace reembed {

VectorTable::VectorTable(Database& database, std::int64_t recipe)
    : database_(database),
      recipe_(recipe),
      find_(database,
            "SELECT v.vector_hash, v.truncated, b.vector FROM vectors v JOIN blobs b "
            "ON b.id = v.blob WHERE v.recipe=? AND v.text_hash=?"),
      has_(database, "SELECT 1 FROM vectors WHERE recipe=? AND text_hash=? AND blob IS NOT NULL"),
      known_(database,
             "SELECT vector_hash, truncated, blob IS NOT NULL FROM vectors "
             "WHERE recipe=? AND text_hash=?"),
      detach_(database, "UPDATE vectors SET blob=NULL WHERE recipe=? AND text_hash=?"),
      add_blob_(database, "INSERT INTO blobs(recipe, vector) VALUES(?,?)"),
      remember_(database,
                "INSERT OR IGNORE INTO former_hashes SELECT vector_hash FROM vectors "
                "WHERE recipe=? AND text_hash=?"),
      put_(database,
           "REPLACE INTO vectors(recipe, text_hash, vector_hash, truncated, blob) "
           "VALUES(?,?,?,?,?)") {}

std::optional<KeptVector> VectorTable::Find(const TextHash& text) {
  if (!find_.Bind(recipe_, text).Step()) return std::nullopt;
  KeptVector kept;
  kept.hash = find_.Hash(0).value_or(VectorHash{});
  kept.truncated = find_.Bool(1);
  kept.vector = std::make_shared<const Embedding>(find_.Vector(2));
  // SQLite has no checksums. A vector that the disk has spoilt is not there: it is made anew.
  if (HashVector(*kept.vector) != kept.hash) return std::nullopt;
  return kept;
}

bool VectorTable::Has(const TextHash& text) {
  return has_.Bind(recipe_, text).Step();
}

std::optional<KnownVector> VectorTable::Known(const TextHash& text) {
  if (!known_.Bind(recipe_, text).Step()) return std::nullopt;
  return KnownVector{known_.Hash(0).value_or(VectorHash{}), known_.Bool(1), known_.Bool(2)};
}

void VectorTable::Detach(const TextHash& text) {
  detach_.Bind(recipe_, text).Run();
}

KeptVector VectorTable::Save(const EmbeddedText& text) {
  // Nearly every text is new: one question, and none after its row.
  const bool is_known = Known(text.hash).has_value();
  if (is_known) {
    if (std::optional<KeptVector> kept = Find(text.hash)) return *std::move(kept);
  }
  KeptVector saved{text.vector, HashVector(*text.vector), text.truncated};
  add_blob_.Bind(recipe_, Statement::AsBytes(*text.vector)).Run();
  const std::int64_t blob = database_.LastInsertId();
  // A vector that was pruned and paid again need not be the same; the old one may still be in the
  // store.
  if (is_known) remember_.Bind(recipe_, text.hash).Run();
  put_.Bind(recipe_, text.hash, saved.hash, saved.truncated, blob).Run();
  return saved;
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
  Statement now(database, "SELECT 1 FROM vectors WHERE vector_hash=? LIMIT 1");
  Statement before(database, "SELECT 1 FROM former_hashes WHERE vector_hash=?");
  std::vector<bool> kept;
  kept.reserve(vectors.size());
  for (const VectorHash& hash : vectors)
    kept.push_back(now.Bind(hash).Step() || before.Bind(hash).Step());
  return kept;
}

}  // namespace reembed
