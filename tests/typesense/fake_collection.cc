#include "tests/typesense/fake_collection.h"

#include <algorithm>

namespace reembed::testing {
namespace {

std::uint64_t Parameter(const std::string& url, const std::string& name) {
  return std::stoull(url.substr(url.find(name + "=") + name.size() + 1));
}

}  // namespace

FakeCollection::FakeCollection(int documents) {
  for (int i = 0; i < documents; ++i) ids.push_back("d" + std::to_string(i));
}

void FakeCollection::DeleteFirst(std::size_t count) {
  ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count));
}

HttpResponse FakeCollection::Answer(const HttpRequest& request) {
  const bool oldest_first = request.url.find("sort_by=_seq_id%3Aasc") != std::string::npos;
  if (oldest_first && !sorts_by_seq_id) {
    return {404, {}, R"({"message":"Could not find a field named `_seq_id` in the schema."})"};
  }
  const std::uint64_t per_page = Parameter(request.url, "per_page");
  const std::uint64_t offset = Parameter(request.url, "offset");
  if (per_page > 0) {
    offsets.push_back(offset);
    limits.push_back(Parameter(request.url, "limit_hits"));
    if (before_page) before_page();
  }
  return {200,
          {},
          R"({"found":)" + std::to_string(ids.size()) + R"(,"hits":[)" +
              Hits(offset, per_page, oldest_first) + R"(],"search_cutoff":false})"};
}

std::string FakeCollection::Hits(std::uint64_t offset, std::uint64_t per_page,
                                 bool oldest_first) const {
  std::vector<std::string> ordered = ids;
  if (!oldest_first) std::reverse(ordered.begin(), ordered.end());
  std::string hits;
  for (std::uint64_t i = offset; i < std::min<std::uint64_t>(offset + per_page, ids.size()); ++i) {
    if (unreadable.contains(ordered[i])) continue;
    hits += (hits.empty() ? "" : ",") + (R"({"document":{"id":")" + ordered[i] + R"("}})");
  }
  return hits;
}

}  // namespace reembed::testing
