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

/// How a carrying forward ended.
struct CarriedForward {
  CollectionEnd end;
  std::vector<LeftDocument> left;  ///< that differ, by id; the log has them too
};

/// From the old collection to the clone, at once and without waiting for the provider: what was
/// changed keeps the vector that the clone has, or gets the one that its text was paid for; what is
/// new is made without one, which the catch-up on the clone embeds. Only what is new and must have
/// a vector is embedded first: the clone's field is not optional, or it would stay without one
/// outside the filter. Documents that were left have no outcome yet. `job`: of the scan of the
/// source. The end is complete when nothing is left to carry over. May be cut off anywhere and
/// repeated.
CarriedForward CarryForward(const StrategyTools& tools, const CollectionPlan& plan, ScanJob job,
                            const CopySpec& spec, Journal& journal, Tally& tally,
                            const StopTokens& stop);

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
