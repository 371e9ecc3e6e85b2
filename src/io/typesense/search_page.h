#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/core/document.h"
#include "src/io/typesense/errors.h"

namespace reembed {

/// A page of search hits: each document's id and its JSON exactly as the server spelled it.
struct SearchPage {
  Page documents;
  std::uint64_t found = 0;  ///< documents that match, on all pages
};

/// Reads the answer of a search. `body` may be given spare room behind its end; its text stays.
/// Errors: kTransient when it is no such answer, a hit has no string `id`, or `search_cutoff` says
/// that the server ran out of time and left documents out.
Result<SearchPage> ParseSearchPage(std::string& body, const AnswerOrigin& origin);

/// Reads the items of a /multi_search answer, one for each of the `searches`. An item may be an
/// error of its own; it becomes what the same status would, and the first one is the answer's.
Result<std::vector<SearchPage>> ParseMultiSearch(std::string& body, std::size_t searches,
                                                 const AnswerOrigin& origin);

/// Reads the answer to the GET of one document, which has to be `id`.
/// Errors: kTransient when it is another one or none. `body` as above.
Result<Document> ParseDocument(std::string& body, std::string_view id, const AnswerOrigin& origin);

}  // namespace reembed
