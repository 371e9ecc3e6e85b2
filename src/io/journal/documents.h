#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/ports/journal.h"
#include "sqlite.h"
#include "vector_table.h"

namespace reembed {

/// Whose row it is and by what it is judged.
struct DocumentScope {
  std::int64_t target = 0;   ///< 0: the journal knows none of it
  std::int64_t recipe = 0;   ///< 0: likewise
  std::int64_t session = 0;  ///< the present one; 0: reading only
};

/// A pass over a collection.
struct ScanPass {
  std::int64_t number = 0;
  WorkOrder order = WorkOrder::kWriteAtOnce;
};

/// A row of `documents`.
struct DocumentRow {
  DocumentState state = DocumentState::kPending;
  std::int64_t pass = 0;  ///< the last that showed it
  std::int64_t recipe = 0;
  TextHash text;
  std::optional<VectorHash> vector;  ///< of `text` by `recipe`
  bool written = false;              ///< the store has held `vector`
  bool truncated = false;
  std::int64_t session = 0;              ///< of `outcome`
  std::optional<DocumentState> outcome;  ///< the last
  std::int64_t attempts = 0;             ///< that failed
  std::optional<Stage> error_stage;      ///< these three of the last that did
  std::optional<FailureKind> error_kind;
  std::optional<std::string> error_message;
  std::optional<TextHash> copy;      ///< of the copy that was made of the whole document
  std::optional<TextHash> spelling;  ///< of the text that `vector` has in the store
  friend bool operator==(const DocumentRow&, const DocumentRow&) = default;
};

/// Reads and writes rows of one target within a transaction.
class DocumentTable {
 public:
  DocumentTable(Database& database, std::int64_t target);
  std::optional<DocumentRow> Find(std::string_view id);
  void Put(std::string_view id, const DocumentRow& row);

 private:
  std::int64_t target_;
  Statement find_, put_;
};

/// Its outcome in the present session, if it had one.
std::optional<DocumentState> OutcomeOf(const std::optional<DocumentRow>& row, std::int64_t session);

/// Whether a scan that finds the document up to date makes this outcome kWritten.
bool IsCorrected(std::optional<DocumentState> outcome);

/// Whether the journal's vector belongs to the text that the scan showed.
bool KeepsVector(DocumentClass found);

/// The vector of `text` by the scope's recipe: the row's, or what the recipe has or had for that
/// text. A row is of one recipe, and another may have touched it since the store got its vector.
std::optional<KnownVector> KnownOf(const std::optional<DocumentRow>& row, const TextHash& text,
                                   const DocumentScope& scope, VectorTable& vectors);

/// The vector that a row can have after a scan: KnownOf for the text that the scan showed, looked
/// up only where AfterScan asks for it.
std::optional<KnownVector> KnownToScan(const std::optional<DocumentRow>& row,
                                       const ScanRecord& seen, const DocumentScope& scope,
                                       WorkOrder order, VectorTable& vectors);

/// The row's vector is this one, or none.
void SetVector(DocumentRow& row, const std::optional<KnownVector>& vector);

// What becomes of a row; `old` is absent for a document that the journal does not know. Pure.

/// A scan judged the document. `known`: by KnownToScan; counts if KeepsVector, or if it is stored
/// and the pass is one that embeds first.
DocumentRow AfterScan(const std::optional<DocumentRow>& old, const ScanRecord& seen,
                      const std::optional<KnownVector>& known, const DocumentScope& scope,
                      const ScanPass& pass);
/// It ended.
DocumentRow AfterOutcome(const std::optional<DocumentRow>& old, const DocumentOutcome& outcome,
                         const DocumentScope& scope, std::int64_t pass);

/// What `pass` did not show is gone.
ScanEnd MarkGone(Database& database, const DocumentScope& scope, std::int64_t pass);

/// Answers of JournalView. `pass`: the one that is on; 0: none.
std::vector<std::optional<JournalRow>> ReadRows(Database& database, const DocumentScope& scope,
                                                std::span<const std::string_view> ids,
                                                std::int64_t pass);

}  // namespace reembed
