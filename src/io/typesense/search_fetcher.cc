#include "src/io/typesense/search_fetcher.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "reembed/base/text.h"
#include "reembed/ports/log.h"

namespace reembed {
namespace {

constexpr std::size_t kRecentIds = 4 * kPageSize;
constexpr int kMaxStepsBack = 3;  // RecentIds reach no further
constexpr int kMaxIdlePages = 1'000;
constexpr int kMaxRestarts = 20;

std::uint64_t LimitHits(std::uint64_t found) {
  return std::max<std::uint64_t>(found + 10'000, 1'000'000);
}

}  // namespace

bool RecentIds::Add(const TextHash& id) {
  if (!ids_.insert(id).second) return false;
  order_.push_back(id);
  if (order_.size() > kRecentIds) {
    ids_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

void RecentIds::Clear() {
  order_.clear();
  ids_.clear();
}

SearchFetcher::SearchFetcher(ReadClient client, FetchSpec spec)
    : client_(client), spec_(std::move(spec)) {}

Result<std::optional<Page>> SearchFetcher::NextPage(const StopTokens& stop) {
  while (!done_) {
    if (stop.drain.stop_requested()) {
      return Error{.kind = ErrorKind::kInterrupted,
                   .message = "interrupted while reading '" + spec_.collection + "'"};
    }
    if (!pass_ || pass_->at_end) {
      const Status turned = pass_ ? EndPass(stop) : BeginPass(stop);
      if (!turned.ok()) return turned.error();
      continue;
    }
    Result<SearchPage> page = ReadPage(stop);
    if (!page.ok()) return page.error();
    if (pin_ != pass_->node) {
      pass_.reset();  // answered by another node, where places may differ
      continue;
    }
    Page fresh = Take(std::move(*page));
    if (pass_->idle_pages > kMaxIdlePages || pass_->restarts > kMaxRestarts) {
      return Lost("documents are deleted faster than they can be read");
    }
    if (!fresh.empty()) return std::optional<Page>(std::move(fresh));
  }
  return std::optional<Page>();
}

Status SearchFetcher::BeginPass(const StopTokens& stop) {
  const Result<std::uint64_t> count = Count(stop);
  if (!count.ok()) return count.error();
  Pass pass;
  pass.node = pin_;
  pass.count_before = *count;
  pass.found = *count;
  pass_ = std::move(pass);
  return {};
}

Status SearchFetcher::EndPass(const StopTokens& stop) {
  const Result<std::uint64_t> count = Count(stop);
  if (!count.ok()) return count.error();
  const bool same_node = pin_ == pass_->node;
  const std::uint64_t expected = std::min(pass_->count_before, *count);
  if (same_node && pass_->seen >= expected) {
    done_ = true;
    return {};
  }
  if (same_node && repeated_) {
    return Lost(fmt::format("{} of {} documents are counted but on no page, twice in a row",
                            WithThousands(expected - pass_->seen), WithThousands(expected)));
  }
  repeated_ = repeated_ || same_node;
  pass_.reset();
  return {};
}

Result<SearchPage> SearchFetcher::ReadPage(const StopTokens& stop) {
  SearchQuery query{.collection = spec_.collection,
                    .filter_by = spec_.filter_by,
                    .fields = spec_.fields,
                    .whole = spec_.whole,
                    .sort_by = by_seq_id_ ? "_seq_id:asc" : "",
                    .offset = pass_->offset,
                    .limit_hits = LimitHits(pass_->found)};
  Result<SearchPage> page = Search(query, stop);
  // The count before has proven key, collection and filter, so a first refusal is the order's.
  const bool refused = !page.ok() && (page.error().kind == ErrorKind::kRefused ||
                                      page.error().kind == ErrorKind::kNotFound);
  if (refused && by_seq_id_ && !order_proven_) {
    client_.log().Info("'" + spec_.collection +
                       "': the server does not sort by insertion; reading in its default order");
    by_seq_id_ = false;
    query.sort_by.clear();
    page = Search(query, stop);
  }
  order_proven_ = order_proven_ || page.ok();
  return page;
}

Result<SearchPage> SearchFetcher::Search(const SearchQuery& query, const StopTokens& stop) {
  return RunSearch(client_, query, {.pin = &pin_}, stop);
}

Result<std::uint64_t> SearchFetcher::Count(const StopTokens& stop) {
  const Result<SearchPage> page =
      Search({.collection = spec_.collection, .filter_by = spec_.filter_by, .per_page = 0}, stop);
  if (!page.ok()) return page.error();
  return page->found;
}

Page SearchFetcher::Take(SearchPage page) {
  pass_->found = page.found;
  if (pass_->offset > 0 && !ShowsKnownPlace(page.documents)) {
    StepBack();
    return {};
  }
  pass_->steps_back = 0;
  const std::uint64_t seen = pass_->seen;
  Page fresh = TakeNew(std::move(page.documents));
  pass_->idle_pages = pass_->seen > seen ? 0 : pass_->idle_pages + 1;
  pass_->at_end = pass_->offset + kPageSize >= pass_->found;
  if (!pass_->at_end) pass_->offset += kPageSize - 1;
  return fresh;
}

bool SearchFetcher::ShowsKnownPlace(const Page& documents) const {
  return std::any_of(documents.begin(), documents.end(), [this](const Document& document) {
    return pass_->recent.Contains(HashText(document.id));
  });
}

Page SearchFetcher::TakeNew(Page documents) {
  Page fresh;
  for (Document& document : documents) {
    if (!pass_->recent.Add(HashText(document.id))) continue;
    ++pass_->seen;
    if (spec_.is_known && spec_.is_known(document.id)) continue;
    fresh.push_back(std::move(document));
  }
  return fresh;
}

void SearchFetcher::StepBack() {
  ++pass_->idle_pages;
  if (++pass_->steps_back <= kMaxStepsBack) {
    pass_->offset -= std::min(pass_->offset, kPageSize);
    return;
  }
  // So much is gone that none of the last ids is left to hold on to: from the beginning.
  pass_->offset = 0;
  pass_->steps_back = 0;
  pass_->seen = 0;
  pass_->recent.Clear();
  ++pass_->restarts;
}

Error SearchFetcher::Lost(std::string_view what) const {
  return {
      .kind = ErrorKind::kOutage,
      .message = fmt::format("reading '{}': {}. A rerun reads it again.", spec_.collection, what)};
}

}  // namespace reembed
