#pragma once

#include "collection_scan.h"
#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "write_stage.h"

namespace reembed {

/// What is left of a pass that ended because no more may be spent, and costs nothing: pending
/// documents whose text was paid for are written; all others stay pending. `writer` and `lookup`
/// are those of the pass, which has ended. One thread.
/// Errors: those of lookup, journal and writer; kInterrupted.
Status WritePaid(const CollectionPlan& plan, Journal& journal, DocumentLookup& lookup,
                 WriteStage& writer, const StopTokens& stop);

}  // namespace reembed
