#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string_view>

#include "reembed/base/result.h"
#include "reembed/ports/journal.h"

namespace reembed {

/// What a measurement may replace.
struct ProgramParts {
  /// Opens the journal of a state directory for writing; null: the SQLite one.
  std::function<Result<std::unique_ptr<JournalStore>>(const std::string& dir)> open_journal;
};

/// The whole program: reads command line, environment and files, builds every part, runs, reports.
/// Results go to `out`, messages and progress to `err`. Returns the exit code.
int RunProgram(int argc, char** argv, std::ostream& out, std::ostream& err,
               const ProgramParts& parts = {});

}  // namespace reembed
