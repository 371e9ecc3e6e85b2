#include "src/io/typesense/search_scan.h"

#include <optional>
#include <unordered_set>
#include <utility>

#include "src/io/typesense/search_fetcher.h"

namespace reembed {
namespace {

// kEnough, or kGoOn after the last document.
Result<ScanVisitor::Next> ShowAll(const Page& page, ScanVisitor& visitor,
                                  std::unordered_set<TextHash, TextHashHasher>& seen) {
  for (const Document& document : page) {
    seen.insert(HashText(document.id));
    Result<ScanVisitor::Next> next = visitor.Visit(document);
    if (!next.ok() || *next == ScanVisitor::Next::kEnough) return next;
  }
  return ScanVisitor::Next::kGoOn;
}

}  // namespace

SearchScan::SearchScan(ReadClient client, FetchSpec spec)
    : client_(client), spec_(std::move(spec)) {}

Status SearchScan::Run(ScanVisitor& visitor, const StopTokens& stop) {
  std::unordered_set<TextHash, TextHashHasher> seen;
  FetchSpec spec = spec_;
  spec.is_known = [&seen](std::string_view id) { return seen.contains(HashText(id)); };
  SearchFetcher fetcher(client_, std::move(spec));
  for (;;) {
    const Result<std::optional<Page>> page = fetcher.NextPage(stop);
    if (!page.ok()) return page.error();
    if (!page->has_value()) return {};
    const Result<ScanVisitor::Next> next = ShowAll(**page, visitor, seen);
    if (!next.ok()) return next.error();
    if (*next == ScanVisitor::Next::kEnough) return {};
  }
}

}  // namespace reembed
