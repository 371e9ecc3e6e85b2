#pragma once

#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/core/batcher.h"
#include "reembed/core/plan.h"
#include "reembed/ports/provider.h"
#include "reembed/ports/store.h"

namespace reembed {

/// Reads the whole collection once and counts what a run would meet. Reads only; keeps a hash per
/// different text and nothing else.
Result<Survey> TakeSurvey(StoreReader& reader, const CollectionPlan& plan,
                          const ProviderProperties& provider, BatchLimits limits,
                          const StopTokens& stop);

}  // namespace reembed
