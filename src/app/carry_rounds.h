#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "carry_over.h"
#include "collection_scan.h"
#include "strategy.h"

namespace reembed {

/// A document that differs and was left.
struct LeftDocument {
  std::string id;
  std::string message;
};

/// From the old collection to the clone: scans the old one, carries over what is embedded at once,
/// embeds the rest and carries that over. What cannot be embedded keeps the vector that the clone
/// has. Documents that differ and were left are in `left`, have no outcome yet and are in the log.
/// `job`: of the scan of the source. The end is complete when nothing is left to carry over.
CollectionEnd CarryForward(const StrategyTools& tools, const CollectionPlan& plan, ScanJob job,
                           const CopySpec& spec, Journal& journal, Tally& tally,
                           std::vector<LeftDocument>& left, const StopTokens& stop);

/// What a carrying back came to.
struct CarriedBack {
  std::uint64_t created = 0, replaced = 0, deleted = 0;
  std::vector<LeftDocument> left;  ///< that differ, by id
};

/// From the clone (`spec.source`), which served, back to the collection that it was made of: by the
/// same rules, nothing is embedded, and the destination's documents keep their own vectors.
/// `journal`: of the clone's rows; only read. May be ended at any point and repeated. Memory: some
/// 50 bytes for each document of the clone.
/// Errors: those of scan, lookup, copier and journal.
Result<CarriedBack> CarryBack(const StrategyTools& tools, const CopySpec& spec,
                              JournalView& journal, const StopTokens& stop);

}  // namespace reembed
