#include "reembed/core/reconcile.h"

namespace reembed {

std::string_view ToString(DocumentClass found) {
  switch (found) {
    case DocumentClass::kNew:
      return "new";
    case DocumentClass::kStaleText:
      return "stale_text";
    case DocumentClass::kForeignVector:
      return "foreign_vector";
    case DocumentClass::kWrongLength:
      return "wrong_length";
    case DocumentClass::kUpToDate:
      return "up_to_date";
    case DocumentClass::kGone:
      return "gone";
  }
  return "unknown";
}

void StoreRow::SetVector(const StoredField& field) {
  const bool is_vector = field.kind == FieldKind::kVector;
  vector = is_vector ? std::optional(HashVector(field.vector)) : std::nullopt;
  length = is_vector ? field.vector.size() : 0;
}

DocumentClass Classify(const StoreRow* store, const JournalRow* journal, std::size_t dimensions) {
  if (store == nullptr) return DocumentClass::kGone;
  if (journal == nullptr || !journal->vector) return DocumentClass::kNew;
  if (store->text != journal->text) return DocumentClass::kStaleText;
  // The state does not count: a vector reaches the store before the journal hears of it.
  if (store->vector == journal->vector) return DocumentClass::kUpToDate;
  if (!store->vector || store->length != dimensions) return DocumentClass::kWrongLength;
  return DocumentClass::kForeignVector;
}

}  // namespace reembed
