#pragma once

#include <string>
#include <vector>

#include "tests/sandbox/typesense_collection.h"
#include "tests/sandbox/typesense_query.h"

namespace reembed::sandbox {

// The documents that meet a filter expression, oldest first; all of them for an empty one. The
// caller holds the collection's lock.
Outcome<std::vector<Sequence>> FilterSequences(const Collection& collection,
                                               const std::string& filter_by);

// Keeps the documents in which every word of `q` occurs in one of the `query_by` fields, the last
// word as a prefix.
Outcome<std::vector<Sequence>> KeepWithWords(const Collection& collection,
                                             std::vector<Sequence> sequences, const std::string& q,
                                             const std::string& query_by);

// Puts documents (given oldest first) into the order of `keys`; only the first `needed` places
// need be right.
void Order(const Collection& collection, const std::vector<SortKey>& keys, std::size_t needed,
           std::vector<Sequence>& sequences);

}  // namespace reembed::sandbox
