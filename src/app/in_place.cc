#include "in_place.h"

#include "embed_first.h"

namespace reembed {

CollectionEnd InPlaceStrategy::Run(const CollectionPlan& plan, Journal& journal, Tally& tally,
                                   const StopTokens& stop) {
  const ScanJob job{.collection = plan.collection,
                    .scope = refill_ ? Scope::kAll : Scope::kFiltered,
                    .backup = tools_.backup,
                    .refill = refill_};
  return WriteAtOnce(tools_, plan, job, journal, tally, stop);
}

}  // namespace reembed
