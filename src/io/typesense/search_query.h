#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
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
  bool whole = false;                    ///< every field instead of `fields`
  std::string vector_query = {};         ///< ``vec:([0.5,-1], k:10)``; empty: none
  std::string sort_by = {};              ///< empty: the server's default order
  std::uint64_t per_page = kPageSize;
  std::uint64_t offset = 0;
  std::uint64_t limit_hits = 1'000'000;  ///< what lies beyond is cut off without a word
};

/// `/collections/docs/documents/search?q=%2A&…`
std::string SearchTarget(const SearchQuery& query);

/// The same for several searches as the body of POST /multi_search.
std::string MultiSearchBody(std::span<const SearchQuery> queries);

/// `/collections/docs/documents/a%2Fb`: one document, whatever its id.
std::string DocumentTarget(std::string_view collection, std::string_view id);
/// `/collections/docs/documents/a%2Fb?include_fields=id%2Ctitle`: some fields of it.
std::string DocumentTarget(std::string_view collection, std::string_view id,
                           std::string_view include_fields);

/// `id,title,…` for include_fields: the id is not implied.
std::string IncludeFields(std::span<const std::string> fields);

/// True when the server takes it by GET: it refuses query strings of 4,000 bytes and more.
bool FitsGet(const std::string& target);

/// Sends the query the way that fits and reads the answer. `rules.check` is filled in here.
/// Errors: those of TypesenseClient.
Result<SearchPage> RunSearch(const ReadClient& client, const SearchQuery& query,
                             ReadClient::Rules rules, const StopTokens& stop);

/// Sends all queries in one POST /multi_search, so that one node answers them, one right after the
/// other. As many pages as queries; the first item that is an error becomes the error of all.
Result<std::vector<SearchPage>> RunMultiSearch(const ReadClient& client,
                                               std::span<const SearchQuery> queries,
                                               ReadClient::Rules rules, const StopTokens& stop);

}  // namespace reembed
