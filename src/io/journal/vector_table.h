#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reembed/core/document.h"
#include "reembed/core/stored_field.h"
#include "sqlite.h"

namespace reembed {

/// A vector that is there.
struct KeptVector {
  SharedEmbedding vector;
  VectorHash hash;
  bool truncated = false;
};

/// What stays of a vector when it is pruned.
struct KnownVector {
  VectorHash hash;
  bool truncated = false;
  bool stored = false;  ///< it is there; only VectorTable::Known tells
};

/// The vectors of one recipe, by the hash of their text, within a transaction. A row is in one of
/// two tables: `recent_vectors`, or, after at most kRowsToSort more of them, `vectors`.
class VectorTable {
 public:
  static constexpr std::int64_t kRowsToSort = 4096;

  VectorTable(Database& database, std::int64_t recipe);
  /// Absent also when it was pruned, or is no longer the one that was kept.
  std::optional<KeptVector> Find(const TextHash& text);
  bool Has(const TextHash& text);
  /// Also of one that was pruned.
  std::optional<KnownVector> Known(const TextHash& text);
  /// The vector is not there any more; its hash stays.
  void Detach(const TextHash& text);
  /// Keeps a vector. One that is there already stays and is returned instead, so that a text has
  /// one vector.
  KeptVector Save(const EmbeddedText& text);

 private:
  struct Rows {
    Rows(Database& database, const std::string& table);
    Statement find, known, detach, put;
  };

  std::optional<KeptVector> FindIn(Rows& rows, const TextHash& text) const;
  std::optional<KnownVector> KnownIn(Rows& rows, const TextHash& text) const;

  Database& database_;
  const std::int64_t recipe_;
  Rows recent_, sorted_;
  Statement add_blob_, keep_hash_;
};

/// Puts the rows of `recent_vectors`, of all recipes, into `vectors`.
void SortVectors(Database& database);

/// For each text, whether a vector of the recipe is there.
std::vector<bool> ReadPaid(Database& database, std::int64_t recipe,
                           std::span<const TextHash> texts);
/// For each hash, whether a vector of it was ever kept, for any recipe.
std::vector<bool> WereKept(Database& database, std::span<const VectorHash> vectors);

}  // namespace reembed
