#include "tests/sandbox/typesense_collection.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_detect.h"
#include "tests/sandbox/typesense_merge.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

template <typename Entries>
auto FindEntry(Entries& entries, Sequence sequence) {
  return std::lower_bound(
      entries.begin(), entries.end(), sequence,
      [](const Collection::Entry& entry, Sequence wanted) { return entry.sequence < wanted; });
}

std::optional<ApiError> CheckId(const json& keys, WriteAction action) {
  const auto id = keys.find("id");
  if (id == keys.end()) {
    if (action != WriteAction::kUpdate) return std::nullopt;
    return ApiError{400, "For update, the `id` key must be provided."};
  }
  if (!id->is_string()) return ApiError{400, "Document's `id` field should be a string."};
  if (*id == "") return ApiError{400, "The `id` should not be empty."};
  return std::nullopt;
}

}  // namespace

Collection::Collection(Schema schema) : schema_(std::move(schema)) {
  for (const Field& field : schema_.fields) {
    if (field.IsVector() && field.index) indexes_.emplace(field.name, VectorIndex(field.vec_dist));
  }
}

std::vector<Collection::Entry>::iterator Collection::At(Sequence sequence) {
  return FindEntry(entries_, sequence);
}

std::optional<Sequence> Collection::SequenceOf(const std::string& id) const {
  const auto found = sequences_.find(id);
  if (found == sequences_.end()) return std::nullopt;
  return found->second;
}

SharedDocument Collection::Find(Sequence sequence) const {
  const auto found = FindEntry(entries_, sequence);
  return found != entries_.end() && found->sequence == sequence ? found->document : nullptr;
}

SharedDocument Collection::Find(const std::string& id) const {
  const auto sequence = SequenceOf(id);
  return sequence ? Find(*sequence) : nullptr;
}

const VectorIndex* Collection::Index(const std::string& field) const {
  const auto found = indexes_.find(field);
  return found == indexes_.end() ? nullptr : &found->second;
}

Outcome<Collection::Slot> Collection::Place(WriteAction action, Document& document) {
  if (auto error = CheckId(document.keys(), action)) return *error;
  if (!document.keys().contains("id")) {
    document.keys()["id"] = std::to_string(next_sequence_);
    return Slot{next_sequence_++, nullptr};
  }
  const std::string id = document.id();
  const auto known = SequenceOf(id);
  if (known && action == WriteAction::kCreate) {
    return ApiError{409, "A document with id " + id + " already exists."};
  }
  if (known) return Slot{*known, At(*known)->document};
  if (action == WriteAction::kUpdate) {
    return ApiError{404, "Could not find a document with id: " + id};
  }
  return Slot{next_sequence_++, nullptr};
}

WriteResult Collection::Write(WriteAction action, Document document, DirtyValues dirty) {
  Outcome<Slot> slot = Place(action, document);
  WriteResult result;
  if (!slot) {
    result.error = slot.error();
    return result;
  }
  result.sequence = slot->sequence;
  result.numbered = slot->stored == nullptr;
  const bool partial = slot->stored && action != WriteAction::kUpsert;
  if (auto error = ValidateDocument(schema_, document, partial, dirty)) {
    result.error = ApiError{400, error->text};
    return result;
  }
  result.created = slot->stored == nullptr;
  result.unindexed = !result.created && HasUnindexedNumbers(document, schema_);
  DetectFields(document, schema_);
  result.vector_written = IndexVectors(slot->sequence, document);
  result.document = Store(*slot, std::move(document), partial);
  return result;
}

bool Collection::IndexVectors(Sequence sequence, const Document& document) {
  bool written = false;
  for (const Field& field : schema_.fields) {
    const auto index = indexes_.find(field.name);
    if (index == indexes_.end()) continue;
    SharedFloats vector = VectorOf(document, field, schema_.nested);
    if (vector && index->second.Set(sequence, std::move(vector))) written = true;
  }
  return written;
}

void Collection::DropUnstored(Document& document) const {
  for (const Field& field : schema_.fields) {
    if (field.store) continue;
    document.Erase(field.name);
    if (schema_.nested) ErasePath(document.keys(), field.name);
  }
}

std::shared_ptr<Document> Collection::Store(const Slot& slot, Document document, bool partial) {
  DropUnstored(document);
  if (!slot.stored) {
    sequences_[document.id()] = slot.sequence;
    auto stored = std::make_shared<Document>(std::move(document));
    entries_.push_back({slot.sequence, stored});
    return stored;
  }
  std::shared_ptr<Document>& stored = At(slot.sequence)->document;
  if (!partial) {
    stored = std::make_shared<Document>(std::move(document));
    return stored;
  }
  // An export under way may hold the document and must go on seeing its old state.
  stored = std::make_shared<Document>(*stored);
  stored->Merge(std::move(document), schema_.nested);
  return stored;
}

void Collection::Remove(const std::vector<Sequence>& sequences) {
  for (const Sequence sequence : sequences) {
    const auto entry = At(sequence);
    if (entry == entries_.end() || entry->sequence != sequence) continue;
    sequences_.erase(entry->document->id());
    entry->document.reset();
    for (auto& [field, index] : indexes_) index.Remove(sequence);
  }
  entries_.erase(std::remove_if(entries_.begin(), entries_.end(),
                                [](const Entry& entry) { return !entry.document; }),
                 entries_.end());
}

void Collection::Alter(Schema schema, const std::vector<std::string>& changed) {
  schema_ = std::move(schema);
  for (const std::string& name : changed) {
    indexes_.erase(name);
    const Field* const field = schema_.Find(name);
    if (field == nullptr || !field->IsVector() || !field->index) continue;
    indexes_.emplace(name, VectorIndex(field->vec_dist));
  }
}

void Collection::FillIndexes(const std::vector<std::string>& fields, std::size_t first,
                             std::size_t last) {
  for (const std::string& name : fields) {
    const auto index = indexes_.find(name);
    if (index == indexes_.end()) continue;
    const Field& field = *schema_.Find(name);
    for (std::size_t i = first; i < last; ++i) {
      SharedFloats vector = VectorOf(*entries_[i].document, field, schema_.nested);
      if (vector) index->second.Set(entries_[i].sequence, std::move(vector));
    }
  }
}

}  // namespace reembed::sandbox
