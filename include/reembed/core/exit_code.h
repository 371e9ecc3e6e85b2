#pragma once

#include "reembed/base/error.h"
#include "reembed/core/report.h"

namespace reembed {

/// The exit codes of the command line: a promise to scripts, so a number never changes its meaning.
enum ExitCode : int {
  kExitDone = 0,  ///< all done, or a dry run without a blocker
  kExitBug = 1,
  kExitUsage =
      2,  ///< flags, environment or files are wrong; mostly found before any server is asked
  kExitPartial = 3,        ///< finished, but some documents failed
  kExitRefused = 4,        ///< for good: key, credit, model, schema, missing collection
  kExitTemporary = 5,      ///< gave up on something temporary: a rerun goes on
  kExitLimit = 6,          ///< stopped at a limit the user set
  kExitInterrupted = 130,  ///< by SIGINT or SIGTERM
};

/// The code for an error that ended a collection or the run.
ExitCode ExitCodeFor(ErrorKind kind);

/// The one that counts when several things happened: 1, 2, 130, 4, 6, 5, 3, 0.
ExitCode Worse(ExitCode a, ExitCode b);

}  // namespace reembed
