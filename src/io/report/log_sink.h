#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "reembed/base/result.h"
#include "reembed/ports/log.h"

namespace reembed {

class Terminal;

/// What stderr shows: `-q`, nothing said, `-v`, `-vv`. Each includes those before it.
enum class Verbosity : std::uint8_t { kErrors, kWarnings, kInfo, kDebug };

struct LogOptions {
  Verbosity verbosity = Verbosity::kWarnings;
  std::string file;  ///< `--log-file`; empty: none
};

/// The program's log: `warning: …` lines on the terminal, and in the file every message of every
/// level as `2026-11-21T02:34:15.123Z warning …`, appended and flushed line by line. The file is
/// readable by its owner only (0600). Every line is cleaned (see clean.h).
/// `terminal` must live longer. Errors: kLocal when the file cannot be opened, naming it.
Result<std::unique_ptr<Log>> MakeLog(const LogOptions& options, Terminal& terminal);

}  // namespace reembed
