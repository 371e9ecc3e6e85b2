#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tests/sandbox/typesense_answer.h"
#include "tests/sandbox/typesense_document.h"
#include "tests/sandbox/typesense_schema.h"
#include "tests/sandbox/typesense_url.h"

namespace reembed::sandbox {

// Which hits of a search are returned. Both a page and an offset count from the best hit.
struct Page {
  std::size_t per_page = 10;
  std::size_t page = 1;
  std::optional<std::size_t> offset;  // instead of the page
  std::size_t limit_hits = 1000000;

  // The positions [First(), Last()) among all hits; empty if First() >= Last().
  std::size_t First() const { return offset ? *offset : (page - 1) * per_page; }
  std::size_t Last() const {
    const std::size_t last = First() + per_page;
    return last < limit_hits ? last : limit_hits;
  }
};

// Reads `per_page` (or `limit`), `page`, `offset` and `limit_hits`.
// Source: tests/data/transcripts/06-search-pages.json.
Outcome<Page> ParsePage(const Params& params);

// A `vector_query`: `field:([0.1, 0.2], k: 10)`, or `field:([], id: X, k: 10)` for the vector of a
// stored document. Source: tests/data/transcripts/07-search-filters.json.
struct VectorQuery {
  std::string field;
  Floats values;
  std::string id;
  std::size_t k = 0;  // 0 = as many as the page needs
};

Outcome<VectorQuery> ParseVectorQuery(const std::string& text);

// One criterion of `sort_by`; the field may be "_seq_id" or "_text_match".
struct SortKey {
  std::string field;
  bool ascending = false;
};

// What `sort_by` asks for, or the collection's default_sorting_field. Equal documents come newest
// first, so an empty list means newest first.
Outcome<std::vector<SortKey>> ParseSort(const std::string& sort_by, const Schema& schema);

}  // namespace reembed::sandbox
