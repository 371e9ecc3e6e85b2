#pragma once

#include <ostream>

namespace reembed {

/// The whole program: reads command line, environment and files, builds every part, runs, reports.
/// Results go to `out`, messages and progress to `err`. Returns the exit code.
int RunProgram(int argc, char** argv, std::ostream& out, std::ostream& err);

}  // namespace reembed
