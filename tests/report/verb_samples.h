#pragma once

#include "reembed/core/rollback_report.h"
#include "reembed/core/status_report.h"

namespace reembed::testing {

/// A rollback of three collections: one restored with some documents left alone, one whose run kept
/// no backup, one skipped. Exit 4.
RollbackReport RollbackDone();
/// The same before it was done: `instructions` alone.
RollbackReport RollbackPlanned();
RollbackReport RollbackInterrupted();
RollbackReport RollbackOfUnknownRun();
/// Of a rebuild, with a document that lost its vector; of an alias switch; and of one that did not
/// happen.
RollbackReport RollbackOfCutovers();
/// The same before it is done.
RollbackReport RollbackOfCutoversPlanned();

/// Two targets: one with an open run and one that ended, one that was rolled back.
StatusReport StatusOfTwo();
/// A rebuild and an alias switch that were cut off, the latter before there was a run; an old
/// collection.
StatusReport StatusOfCutovers();
/// Nothing was migrated yet.
StatusReport StatusOfNothing();

}  // namespace reembed::testing
