#pragma once

#include <cstdint>
#include <string>

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

/// Reads the only item of a /multi_search answer. An item may be an error of its own; it becomes
/// what the same status would.
Result<SearchPage> ParseMultiSearchPage(std::string& body, const AnswerOrigin& origin);

}  // namespace reembed
