#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/sandbox/typesense_answer.h"
#include "tests/sandbox/typesense_document.h"
#include "tests/sandbox/typesense_locks.h"
#include "tests/sandbox/typesense_schema.h"
#include "tests/sandbox/typesense_validate.h"
#include "tests/sandbox/typesense_vectors.h"

namespace reembed::sandbox {

enum class WriteAction { kCreate, kUpsert, kUpdate, kEmplace };

using SharedDocument = std::shared_ptr<const Document>;

struct WriteResult {
  std::optional<ApiError> error;
  SharedDocument document;           // as stored now; null after an error
  bool vector_written = false;       // a vector index took a new value
  bool created = false;              // the document is new
  std::optional<Sequence> sequence;  // there too if only the content was refused
  bool numbered = false;             // it was drawn for this document
  bool unindexed = false;            // an update brought numbers that no vector index takes
};

// How far a change of the schema has come. Thread-safe.
struct AlterProgress {
  std::atomic<bool> running = false;
  std::atomic<std::size_t> validated = 0;  // documents
  std::atomic<std::size_t> altered = 0;
};

// The documents, vector indexes and schema of one collection. The caller holds mutex() around
// every other call and around the use of what they return: shared to read, exclusive to write.
// Whoever writes holds writes() as well, from before to after; holding it alone, one may read.
class Collection {
 public:
  struct Entry {
    Sequence sequence = 0;
    std::shared_ptr<Document> document;
  };

  explicit Collection(Schema schema);

  FairSharedMutex& mutex() const { return mutex_; }
  WriteQueue& writes() const { return writes_; }
  AlterProgress& alteration() const { return alteration_; }

  const Schema& schema() const { return schema_; }
  // All documents, oldest first.
  const std::vector<Entry>& entries() const { return entries_; }

  std::optional<Sequence> SequenceOf(const std::string& id) const;
  SharedDocument Find(Sequence sequence) const;
  SharedDocument Find(const std::string& id) const;

  // Creates, replaces or merges one document. A document without id gets its sequence number as
  // one, even if another document has it: that one can then not be reached by its id any more, but
  // is still exported and found. What is refused for its content has used up a number.
  // Source: tests/data/transcripts/03-import-actions.json, 04-import-update-failures.json; the
  // server's Collection::to_doc.
  WriteResult Write(WriteAction action, Document document, DirtyValues dirty);

  // Removes the documents with these sequence numbers (in any order).
  void Remove(const std::vector<Sequence>& sequences);

  // Null if the field is no vector, or not indexed.
  const VectorIndex* Index(const std::string& field) const;

  // Passes over a sequence number, as the server does for an id that one request repeats.
  void SkipNumber() { ++next_sequence_; }

  // Takes over an altered schema: the indexes of fields in `changed` are gone, those of vector
  // fields there again, but empty.
  void Alter(Schema schema, const std::vector<std::string>& changed);
  // Puts the vectors of entries() [first, last) into the indexes of these fields.
  void FillIndexes(const std::vector<std::string>& fields, std::size_t first, std::size_t last);

 private:
  struct Slot {
    Sequence sequence = 0;
    std::shared_ptr<Document> stored;  // null for a new document
  };

  Outcome<Slot> Place(WriteAction action, Document& document);
  std::shared_ptr<Document> Store(const Slot& slot, Document document, bool partial);
  bool IndexVectors(Sequence sequence, const Document& document);
  void DropUnstored(Document& document) const;
  std::vector<Entry>::iterator At(Sequence sequence);

  mutable FairSharedMutex mutex_;
  mutable WriteQueue writes_;
  mutable AlterProgress alteration_;
  Schema schema_;
  Sequence next_sequence_ = 0;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, Sequence> sequences_;
  std::map<std::string, VectorIndex> indexes_;
};

}  // namespace reembed::sandbox
