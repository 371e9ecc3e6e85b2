#pragma once

#include "cutover_tools.h"
#include "strategy.h"

namespace reembed {

/// `rebuild`: embeds all, drops the field, writes every vector while nothing is indexed, adds the
/// field back with its attributes and the new vector length. Old vectors serve until the drop;
/// vector search is away from drop to add. Documents that could not be embedded stop it before the
/// drop, unless `allow_missing` lets them end without a vector. A plan with an open cutover is gone
/// on with where it stands. Afterwards rounds of catch-up, as in place.
class RebuildStrategy final : public Strategy {
 public:
  explicit RebuildStrategy(const CutoverTools& tools) : tools_(tools) {}
  CollectionEnd Run(const CollectionPlan& plan, Journal& journal, Tally& tally,
                    const StopTokens& stop) override;

 private:
  const CutoverTools& tools_;
};

}  // namespace reembed
