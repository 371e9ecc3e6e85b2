#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "reembed/core/http_message.h"
#include "reembed/ports/http.h"

namespace reembed::testing {

/// A collection that answers searches as Typesense does: positions in the order of insertion (or
/// the reverse, by default), `found`, short pages for documents that cannot be read.
class FakeCollection {
 public:
  /// Documents `d0`, `d1`, …
  explicit FakeCollection(int documents);

  HttpResponse Answer(const HttpRequest& request);

  void Append(const std::string& id) { ids.push_back(id); }
  void Delete(const std::string& id) { std::erase(ids, id); }
  void DeleteFirst(std::size_t count);

  std::vector<std::string> ids;        ///< oldest first
  std::set<std::string> unreadable;    ///< counted, and left out of every page
  bool sorts_by_seq_id = true;         ///< else 404
  std::function<void()> before_page;   ///< called before a page of hits is made
  std::vector<std::uint64_t> offsets;  ///< of the pages that were asked for
  std::vector<std::uint64_t> limits;   ///< their `limit_hits`

 private:
  std::string Hits(std::uint64_t offset, std::uint64_t per_page, bool oldest_first) const;
};

}  // namespace reembed::testing
