#include "in_place.h"

#include "embed_first.h"

namespace reembed {

CollectionEnd InPlaceStrategy::Run(const CollectionPlan& plan, Journal& journal, Tally& tally,
                                   const StopTokens& stop) {
  const ScanJob job{.collection = plan.collection, .backup = tools_.backup};
  return WriteAtOnce(tools_, plan, job, journal, tally, stop);
}

}  // namespace reembed
