#pragma once

#include <string>

#include "tests/sandbox/typesense_collection.h"
#include "tests/sandbox/typesense_query.h"

namespace reembed::sandbox {

// Runs one search under the collection's shared lock and returns the answer's JSON text: all
// documents (`q=*`), filtered ones, those with words, or the nearest to a vector. Highlighting,
// facets, typo tolerance and text match scores are left out.
// Source: tests/data/transcripts/06-search-pages.json, 07-search-filters.json.
Outcome<std::string> Search(const Collection& collection, const Params& params);

}  // namespace reembed::sandbox
