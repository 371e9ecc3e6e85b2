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

/// Two targets: one with an open run and one that ended, one that was rolled back.
StatusReport StatusOfTwo();
/// Nothing was migrated yet.
StatusReport StatusOfNothing();

}  // namespace reembed::testing
