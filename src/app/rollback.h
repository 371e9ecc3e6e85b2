#pragma once

#include <string>

#include "backlog_watch.h"
#include "reembed/base/clock.h"
#include "reembed/base/stop.h"
#include "reembed/core/config.h"
#include "reembed/core/rollback_report.h"
#include "reembed/ports/activity.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/log.h"
#include "reembed/ports/recovery_files.h"
#include "reembed/ports/reporter.h"
#include "reembed/ports/store.h"

namespace reembed {

/// What every rollback needs. All references outlive it.
struct RollbackTools {
  const Config& config;
  StoreReader& reader;
  JournalStore& journal;
  Clock& clock;
  Log& log;
};

/// What one that writes needs beside.
struct RollbackWriting {
  StoreWriter& writer;
  BacklogWatch& backlog;
  ProgressDisplay& display;
  RecoveryFiles& recovery;
  Activity& activity;
};

struct RollbackOptions {
  std::string run;  ///< id: back to before it; empty: each collection's latest run
  /// Nobody was asked, as a plan had nothing to restore: the runs end, and a collection that has
  /// something to restore after all is an error (kTransient).
  bool end_only = false;
};

/// What a rollback would do: for `--dry-run`, and for the question before a real one. Changes
/// nothing, neither in the store nor in the journal, which may be open for reading only.
/// Errors, stop and threads: as RunRollback.
RollbackReport PlanRollback(const RollbackTools& tools, const RollbackOptions& options,
                            const StopTokens& stop);

/// The verb `rollback`: gives every document back the embedding field that it had before the run,
/// where what it holds now is still ours; documents that hold something else are left alone and
/// listed. A run that changed the field's definition is undone with the definition, one that
/// switched an alias by switching it back. The caller has asked the user. May be ended at any
/// point, also by `kill -9`, and begun again: it ends the same. The runs end as rolled back unless
/// a document failed: then they stay as they are, and the same call again tries just those that
/// failed. Errors: none are returned; they are in the report, whose `exit_code` is the worst of
/// them: 3
///         when documents were left alone or failed. A trouble of one collection leaves the others
///         to be done.
/// Stop:   a drain ends the scan at once and the writing between two requests.   Threads: one.
RollbackReport RunRollback(const RollbackTools& tools, const RollbackWriting& writing,
                           const RollbackOptions& options, const StopTokens& stop);

}  // namespace reembed
