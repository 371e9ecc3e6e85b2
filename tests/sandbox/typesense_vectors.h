#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/sandbox/typesense_document.h"
#include "tests/sandbox/typesense_schema.h"

namespace reembed::sandbox {

// Documents are known by the sequence number of their creation.
using Sequence = std::uint32_t;

struct Neighbour {
  Sequence sequence = 0;
  float distance = 0;
};

// The vectors of one field, searched by brute force. Like the real index it keeps a vector whose
// document lost it (tests/data/transcripts/12-dimension-change.json, o12) until the document or
// the field goes.
class VectorIndex {
 public:
  // `metric` is "cosine" or "ip".
  explicit VectorIndex(std::string metric) : metric_(std::move(metric)) {}

  // False if the document already had this very vector.
  bool Set(Sequence sequence, SharedFloats vector);
  void Remove(Sequence sequence) { vectors_.erase(sequence); }

  // The vector of a document; null if it has none.
  SharedFloats Find(Sequence sequence) const;

  // The distances of the given documents that have a vector (all of the index if `among` is
  // null), nearest first, equal ones newest first, `k` at most.
  std::vector<Neighbour> Nearest(const Floats& query, std::size_t k,
                                 const std::vector<Sequence>* among) const;

 private:
  struct Stored {
    SharedFloats values;
    float norm = 0;
  };

  float Distance(const Floats& query, float query_norm, const Stored& stored) const;

  std::string metric_;
  std::unordered_map<Sequence, Stored> vectors_;
};

// The vector a document (or an update) holds for a field; null if it holds none.
SharedFloats VectorOf(const Document& document, const Field& field, bool nested);

// Whether a document (or an update) holds an array of numbers that goes into no vector index.
bool HasUnindexedNumbers(const Document& document, const Schema& schema);

}  // namespace reembed::sandbox
