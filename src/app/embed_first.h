#pragma once

#include "collection_scan.h"
#include "strategy.h"

namespace reembed {

/// The first half of `rebuild` and `alias`: scans and embeds until every document's vector is in
/// the journal, and writes nothing. What changes meanwhile is embedded in up to three further
/// rounds; what still changes then keeps the vector of the text that was embedded last.
/// `job.order` is kEmbedFirst; texts are read from `job.collection`.
/// The end is complete when nothing is pending; documents that failed or were skipped are in
/// `tally` and do not make it an error. Documents without text in a field that must have a vector
/// stop it before anything is paid for.
CollectionEnd EmbedFirst(const StrategyTools& tools, const CollectionPlan& plan, ScanJob job,
                         Journal& journal, Tally& tally, const StopTokens& stop);

/// The last part of every strategy: rounds of scanning and of embedding and writing at once, until
/// a scan finds nothing; what still changes after them has failed, kind `changing`.
/// `job.order` is kWriteAtOnce.
CollectionEnd WriteAtOnce(const StrategyTools& tools, const CollectionPlan& plan, ScanJob job,
                          Journal& journal, Tally& tally, const StopTokens& stop);

}  // namespace reembed
