#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/core/cutover.h"
#include "reembed/core/plan.h"
#include "reembed/ports/log.h"
#include "reembed/ports/store.h"

namespace reembed {

/// One configured collection and what the server says of it. Neither facts nor error: skipped, or
/// nobody was asked.
struct PlanEntry {
  CollectionConfig config;
  std::optional<CollectionFacts> facts;
  std::optional<Error> error;
};

/// True for an error of a read that the next collection would meet as well: no node answers, or the
/// user stops.
bool ConcernsAll(ErrorKind kind);

/// What a plan depends on beside the configuration and the server.
struct PlanSurroundings {
  std::span<const Cutover> cutovers;  ///< JournalStore::Cutovers(); must outlive the call
  std::vector<std::string> nodes;     ///< of the cluster, as cutovers and runs name them
  int dimensions = 0;                 ///< the new vector length; 0 while it is not known
};

/// Asks the server about every collection that is not skipped; about references and memory only
/// where they can matter. A trouble of one collection is its `error`, also that an earlier entry
/// leads to the same field of the same collection; errors that concern all (no node answers,
/// interrupted) end the call. Reads only.
Result<std::vector<PlanEntry>> GatherFacts(StoreReader& reader,
                                           const std::vector<CollectionConfig>& collections,
                                           const PlanSurroundings& around, Log& log,
                                           const StopTokens& stop);

/// True when any collection has a document to embed and no blocker. `dimensions` as for MakePlan.
bool AnythingToEmbed(const std::vector<PlanEntry>& entries, int dimensions);

/// Nobody was asked: an entry without facts for every collection.
std::vector<PlanEntry> WithoutFacts(const std::vector<CollectionConfig>& collections);

/// For what comes before the first document: nothing is in flight that would be worth finishing,
/// so the first signal ends every wait and request.
StopTokens StopAtOnce(const StopTokens& stop);

/// The nodes of the cluster as runs and cutovers are marked with.
std::vector<std::string> ClusterNodes(const Config& config);

/// The blockers as one message.
std::string JoinBlockers(const CollectionPlan& plan);

}  // namespace reembed
