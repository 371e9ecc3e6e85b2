#include "src/io/typesense/search_scan.h"

#include <optional>
#include <unordered_set>
#include <utility>

#include "src/io/typesense/search_fetcher.h"

namespace reembed {

SearchScan::SearchScan(ReadClient client, FetchSpec spec)
    : client_(client), spec_(std::move(spec)) {}

Status SearchScan::Run(const std::function<void(const Document&)>& visit, const StopTokens& stop) {
  std::unordered_set<TextHash, TextHashHasher> seen;
  FetchSpec spec = spec_;
  spec.is_known = [&seen](std::string_view id) { return seen.contains(HashText(id)); };
  SearchFetcher fetcher(client_, std::move(spec));
  for (;;) {
    const Result<std::optional<Page>> page = fetcher.NextPage(stop);
    if (!page.ok()) return page.error();
    if (!page->has_value()) return {};
    for (const Document& document : **page) {
      seen.insert(HashText(document.id));
      visit(document);
    }
  }
}

}  // namespace reembed
