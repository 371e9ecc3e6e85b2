#pragma once

#include "reembed/base/error.h"
#include "reembed/core/report.h"

namespace reembed {

/// The exit codes of the command line.
enum ExitCode : int {
  kExitDone = 0,
  kExitBug = 1,
  kExitUsage = 2,
  kExitPartial = 3,
  kExitRefused = 4,
  kExitTemporary = 5,
  kExitLimit = 6,
  kExitInterrupted = 130,
};

/// The code for an error that ended a collection or the run.
ExitCode ExitCodeFor(ErrorKind kind);

/// The one that counts when several things happened: 1, 2, 130, 4, 6, 5, 3, 0.
ExitCode Worse(ExitCode a, ExitCode b);

}  // namespace reembed
