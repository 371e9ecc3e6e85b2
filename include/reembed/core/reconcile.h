#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "reembed/core/document.h"
#include "reembed/core/stored_field.h"

namespace reembed {

/// Where a document is on its way. The numbers stand in journals: they never change their meaning.
enum class DocumentState : std::uint8_t {
  kPending = 0,   ///< to be read, embedded and written
  kEmbedded = 1,  ///< its vector is in the journal and not yet in the store
  kWritten = 2,
  kDeleted = 3,  ///< the store has it no more, or not under the filter
  kSkipped = 4,
  kFailed = 5,
  kUpToDate = 6,  ///< only as an outcome: the store held the right vector before this run looked
};

/// A document as a scan saw it.
struct StoreRow {
  TextHash text;                     ///< of the text that would be embedded
  std::optional<VectorHash> vector;  ///< absent: no vector, or no array of numbers
  std::size_t length = 0;            ///< of the vector

  /// Sets vector and length from the document's embedding field.
  void SetVector(const StoredField& field);
};

/// A document as the journal knows it.
struct JournalRow {
  TextHash text;
  /// Of the vector that belongs to `text` by the present recipe. Absent: there is none yet, or the
  /// journal's is of another recipe.
  std::optional<VectorHash> vector;
  DocumentState state = DocumentState::kPending;
  bool of_this_session = false;       ///< it had an outcome since the program was started
  bool of_this_pass = false;          ///< the pass that is on has shown it already
  std::optional<TextHash> copy = {};  ///< of the copy that was made of the whole document
  /// HashText of the text that `vector` has in the store: a field of this text holds `vector`, and
  /// one of another text may.
  std::optional<TextHash> spelling = {};
};

/// What a scan and the journal say together.
enum class DocumentClass : std::uint8_t {
  kNew,            ///< the journal has no vector of this recipe for it
  kStaleText,      ///< the text is another one than was embedded
  kForeignVector,  ///< the text is ours and the vector is not: the application or a restore wrote
                   ///< it
  kWrongLength,    ///< as kForeignVector, and of another length than the recipe's (or no vector)
  kUpToDate,       ///< text and vector are the journal's
  kGone,           ///< the journal knows it and the store does not have it
};
std::string_view ToString(DocumentClass found);  ///< `new`, `stale_text`, …

/// The one classifier: first fetch, rerun, catch-up, `verify` and restore detection are consumers
/// of it. Either side may be null, not both. A vector that was written and not yet journaled as
/// written is up to date: the journal knew its hash before the store did. Pure.
DocumentClass Classify(const StoreRow* store, const JournalRow* journal, std::size_t dimensions);

}  // namespace reembed
