#pragma once

#include <vector>

#include "reembed/base/clock.h"
#include "reembed/base/stop.h"
#include "reembed/core/config.h"
#include "reembed/core/retire_report.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/log.h"
#include "reembed/ports/store.h"

namespace reembed {

/// What every retirement needs. All references outlive it.
struct RetireTools {
  const Config& config;
  StoreReader& reader;
  JournalStore& journal;  ///< only read; for a deletion it holds the lock, so that no run is on
  Clock& clock;
  Log& log;
};

/// What one that deletes needs beside.
struct RetireWriting {
  StoreWriter& writer;
  /// What the user was shown. One that has turned up since ends the verb (kTransient).
  const std::vector<CollectionId>& agreed;
};

/// Which collections `retire` would delete: for `--dry-run`, and for the question before a real
/// one. Changes nothing; the journal may be open for reading only.
/// Errors, stop and threads: as RunRetire.
RetireReport PlanRetire(const RetireTools& tools, const StopTokens& stop);

/// The verb `retire`: deletes the collections that alias switches have left behind, each only while
/// it is the very one (`created_at`), no alias leads there, the configuration does not name it, and
/// no cutover of it or of its successor is open; all this is asked again just before the deletion.
/// The caller has asked the user. The journal stays as it is.
/// Errors: none are returned; they are in the report, whose `exit_code` is the worst of them. A
///         trouble of one collection leaves the others to be done.
/// Stop:   the first signal ends it between two deletions.   Retries: those of the ports.
/// Threads: one.
RetireReport RunRetire(const RetireTools& tools, const RetireWriting& writing,
                       const StopTokens& stop);

}  // namespace reembed
