#pragma once

#include <vector>

#include "reembed/base/stop.h"
#include "reembed/ports/store.h"
#include "src/io/typesense/read_client.h"

namespace reembed {

/// Asks every configured node directly (the nearest last, once when it is among the others too):
/// `/health`, then, if anybody answers, `/debug` and `/metrics.json`. One attempt each, 5 s at
/// most. Never fails: what is wrong is in the entries. Source of the shapes:
/// tests/data/transcripts/01-auth-status.json.
std::vector<NodeStatus> ReadNodes(const ReadClient& client, const StopTokens& stop);

}  // namespace reembed
