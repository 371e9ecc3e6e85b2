#pragma once

#include "in_place.h"
#include "reconcile_visitor.h"
#include "reembed/base/result.h"
#include "reembed/ports/journal.h"
#include "tally.h"

namespace reembed {

/// Reads a collection once and reconciles it with the journal: the work list. Under Scope::kAll
/// with a filter it is read twice in one pass, first what the filter lets through; what only the
/// second reading shows lies outside: there a document without a vector stays without one, unless
/// the field is required. Counts what it finds up to date, or overtaken, in `tally`.
/// Stop: the first signal ends it at once. Errors: those of scan and journal, kInterrupted.
/// Returns the findings of both readings.
Result<ScanFindings> ScanCollection(const StrategyTools& tools, const CollectionPlan& plan,
                                    const ScanJob& job, Journal& journal, Tally& tally,
                                    const StopTokens& stop);

}  // namespace reembed
