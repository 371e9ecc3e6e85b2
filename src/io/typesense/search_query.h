#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "reembed/base/result.h"
#include "src/io/typesense/read_client.h"
#include "src/io/typesense/search_page.h"

namespace reembed {

/// The server's largest page.
inline constexpr std::uint64_t kPageSize = 250;

/// A search for all documents of a collection (`q=*`), as far as paging needs it. Curation rules
/// and analytics are always off: the former hide and pin documents even for `*`
/// (tests/data/transcripts/06-search-pages.json).
struct SearchQuery {
  std::string collection;
  std::string filter_by = {};            ///< empty: all
  std::vector<std::string> fields = {};  ///< beside `id`
  std::string sort_by = {};              ///< empty: the server's default order
  std::uint64_t per_page = kPageSize;
  std::uint64_t offset = 0;
  std::uint64_t limit_hits = 1'000'000;  ///< what lies beyond is cut off without a word
};

/// `/collections/docs/documents/search?q=%2A&…`
std::string SearchTarget(const SearchQuery& query);

/// The same as the body of POST /multi_search.
std::string MultiSearchBody(const SearchQuery& query);

/// True when the server takes it by GET: it refuses query strings of 4,000 bytes and more.
bool FitsGet(const std::string& target);

/// Sends the query the way that fits and reads the answer. `rules.check` is filled in here.
/// Errors: those of TypesenseClient.
Result<SearchPage> RunSearch(const ReadClient& client, const SearchQuery& query,
                             ReadClient::Rules rules, const StopTokens& stop);

}  // namespace reembed
