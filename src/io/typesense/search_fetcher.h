#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "reembed/ports/store.h"
#include "src/io/typesense/read_client.h"
#include "src/io/typesense/search_query.h"

namespace reembed {

/// The last thousand ids of a pass, as hashes: enough to find the place again.
class RecentIds {
 public:
  /// False when the id is there already.
  bool Add(const TextHash& id);
  bool Contains(const TextHash& id) const { return ids_.contains(id); }
  void Clear();

 private:
  std::deque<TextHash> order_;
  std::unordered_set<TextHash, TextHashHasher> ids_;
};

/// Fetches a collection by search pages of 250 in the order of insertion (`_seq_id:asc`: inserts
/// append, updates move nothing). A server that refuses this order is read in its default order.
///
/// Documents deleted meanwhile move the others towards the front, where the next page would miss
/// them. So each page begins at the last document of the one before. If a page shows none of the
/// last ids of this pass, documents have moved: the fetcher steps back, 250 at a time, to a page
/// that shows one, and goes on from there. What existed during the whole pass is thus delivered,
/// whatever is inserted or deleted beside it.
///
/// A pass stays on one node, since nodes may lag; when the node is lost (see NodePin) the pass
/// begins again on the next one. The server's count is asked before and after on the same node; a
/// pass that saw fewer ids than the smaller of both is repeated once, then kOutage.
///
/// Retries, errors, threads: as DocumentFetcher says; also kInterrupted at once after a drain.
/// Memory: one page and RecentIds.
class SearchFetcher final : public DocumentFetcher {
 public:
  SearchFetcher(ReadClient client, FetchSpec spec);

  Result<std::optional<Page>> NextPage(const StopTokens& stop) override;

 private:
  struct Pass {
    NodePin node;  // where it began
    std::uint64_t count_before = 0;
    std::uint64_t found = 0;  // by the latest answer
    std::uint64_t offset = 0;
    std::uint64_t seen = 0;  // different ids
    RecentIds recent;
    int steps_back = 0;  // in a row
    int idle_pages = 0;  // in a row, without a new id
    int restarts = 0;
    bool at_end = false;
  };

  Status BeginPass(const StopTokens& stop);
  Status EndPass(const StopTokens& stop);
  Result<SearchPage> ReadPage(const StopTokens& stop);
  Result<SearchPage> Search(const SearchQuery& query, const StopTokens& stop);
  Result<std::uint64_t> Count(const StopTokens& stop);
  Page Take(SearchPage page);
  Page TakeNew(Page documents);
  bool ShowsKnownPlace(const Page& documents) const;
  void StepBack();
  Error Lost(std::string_view what) const;

  const ReadClient client_;
  const FetchSpec spec_;
  NodePin pin_;
  std::optional<Pass> pass_;
  bool by_seq_id_ = true;
  bool order_proven_ = false;
  bool repeated_ = false;
  bool done_ = false;
};

}  // namespace reembed
