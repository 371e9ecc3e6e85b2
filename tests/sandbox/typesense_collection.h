#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/sandbox/typesense_answer.h"
#include "tests/sandbox/typesense_document.h"
#include "tests/sandbox/typesense_schema.h"
#include "tests/sandbox/typesense_validate.h"
#include "tests/sandbox/typesense_vectors.h"

namespace reembed::sandbox {

// A shared mutex that keeps the order of arrival, so that a stream of searches cannot hold a write
// off for ever, nor a stream of writes the searches.
class FairSharedMutex {
 public:
  void lock() {
    const std::lock_guard<std::mutex> turn(turnstile_);
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }
  void lock_shared() {
    const std::lock_guard<std::mutex> turn(turnstile_);
    mutex_.lock_shared();
  }
  void unlock_shared() { mutex_.unlock_shared(); }

 private:
  std::mutex turnstile_;
  std::shared_mutex mutex_;
};

enum class WriteAction { kCreate, kUpsert, kUpdate, kEmplace };

using SharedDocument = std::shared_ptr<const Document>;

struct WriteResult {
  std::optional<ApiError> error;
  SharedDocument document;      // as stored now; null after an error
  bool vector_written = false;  // a vector index took a new value
};

// The documents, vector indexes and schema of one collection. The caller holds mutex() around
// every other call and around the use of what they return: shared to read, exclusive to write.
class Collection {
 public:
  struct Entry {
    Sequence sequence = 0;
    std::shared_ptr<Document> document;
  };

  explicit Collection(Schema schema);

  FairSharedMutex& mutex() const { return mutex_; }

  const Schema& schema() const { return schema_; }
  // All documents, oldest first.
  const std::vector<Entry>& entries() const { return entries_; }

  std::optional<Sequence> SequenceOf(const std::string& id) const;
  SharedDocument Find(Sequence sequence) const;
  SharedDocument Find(const std::string& id) const;

  // Creates, replaces or merges one document. A refused create uses up a sequence number.
  // Source: tests/data/transcripts/03-import-actions.json, 04-import-update-failures.json.
  WriteResult Write(WriteAction action, Document document, DirtyValues dirty);

  // Removes the documents with these sequence numbers (in any order).
  void Remove(const std::vector<Sequence>& sequences);

  // Null if the field is no vector, or not indexed.
  const VectorIndex* Index(const std::string& field) const;

  // Takes over an altered schema: indexes of fields in `changed` are built anew.
  void Alter(Schema schema, const std::vector<std::string>& changed);

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
  Schema schema_;
  Sequence next_sequence_ = 0;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, Sequence> sequences_;
  std::map<std::string, VectorIndex> indexes_;
};

}  // namespace reembed::sandbox
