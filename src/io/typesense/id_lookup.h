#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reembed/ports/store.h"
#include "src/io/typesense/read_client.h"
#include "src/io/typesense/search_query.h"

namespace reembed {

/// True for an id that a filter can name. Not: one with a backtick (nothing escapes it), one that
/// ends in a backslash (it would escape the closing backtick and take the next ids with it), one
/// with blanks at an end (values are trimmed), one that is no UTF-8.
/// Source: tests/data/transcripts/07-search-filters.json; StringUtils::split_to_values.
bool IsNameable(std::string_view id);

/// ``id:[`a`,`b`]``, or ``(<filter_by>) && id:[…]``: && and || have the same precedence. The list
/// is one operand whatever its length, so this adds two operations to the filter's own (the server
/// takes 100 unless it is told otherwise). The ids come last: an odd one cannot change what the
/// filter says.
std::string IdFilter(std::string_view filter_by, std::span<const std::string_view> ids);

/// Documents by id. One POST /multi_search for all ids (more when its body would pass 900,000
/// bytes: proxies often stop at 1 MiB). When something in front of the server says 413, half of the
/// ids from then on, down to one. What it does not show, and what no filter can name, is read
/// one by one by GET, without the filter; only a 404 that means the document makes it kGone.
///
/// With a filter, documents that GET finds are searched once more, with and without the filter in
/// one request. kOutsideFilter is only what the id alone finds and the filter does not; a document
/// that no search finds by its id is kFound: whoever asks has its id from a scan with the filter.
///
/// All requests of a lookup go to one node while it answers (NodePin).
/// Duplicate ids get one answer each, an empty id is kGone. `is_known` of the spec is not asked.
class IdLookup final : public DocumentLookup {
 public:
  IdLookup(ReadClient client, FetchSpec spec);

  Result<std::vector<FoundDocument>> Find(std::span<const std::string> ids,
                                          const StopTokens& stop) override;

 private:
  using Ids = std::vector<std::string_view>;
  using Answers = std::unordered_map<std::string_view, FoundDocument>;

  std::vector<Ids> Chunks(const Ids& ids, std::size_t lists) const;
  bool MayAskForFewer(const Error& error, std::size_t asked);
  SearchQuery QueryFor(std::string_view filter_by, const Ids& ids) const;
  Status Search(const Ids& ids, Answers& answers, const StopTokens& stop);
  Status Read(std::string_view id, Answers& answers, const StopTokens& stop);
  Status Judge(const Ids& ids, Answers& answers, const StopTokens& stop);

  const ReadClient client_;
  const FetchSpec spec_;
  NodePin pin_;
  std::size_t most_ids_ = kPageSize;  // in one request
};

}  // namespace reembed
