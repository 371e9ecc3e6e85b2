#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "src/io/typesense/read_client.h"

namespace reembed {

// What each configured node counts, one after another, each asked once for 5 s at most; the nearest
// last, once when it is among the others too. An error names its node.

/// Documents of a collection: `GET /collections/:name`, `num_documents`.
std::vector<Result<std::uint64_t>> ReadNodeCounts(const ReadClient& client,
                                                  const std::string& collection,
                                                  const StopTokens& stop);

/// Writes taken in and not applied yet: `GET /stats.json`.
std::vector<Result<std::uint64_t>> ReadNodePending(const ReadClient& client,
                                                   const StopTokens& stop);

}  // namespace reembed
