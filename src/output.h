#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "reembed/base/result.h"
#include "reembed/base/secret.h"
#include "reembed/base/stop.h"
#include "reembed/ports/log.h"
#include "reembed/ports/reporter.h"
#include "src/cli.h"
#include "src/io/report/plan_recorder.h"
#include "src/io/report/terminal.h"

namespace reembed {

/// Everything that shows something, for the length of the program.
struct Output {
  Output(const CliOptions& cli, Redactor redactor, std::string_view term, std::ostream& results,
         std::ostream& messages);

  /// A result of a verb other than `run`; `json` where `--output json` asks for it.
  void Show(const CliOptions& cli, const std::string& text, const std::string& json) {
    out << (cli.output == OutputFormat::kJson ? json : text);
  }

  std::ostream& out;
  Redactor redact;
  Terminal terminal;
  std::unique_ptr<Log> log;  // set once its file could be opened
  std::unique_ptr<ProgressDisplay> progress;
  std::unique_ptr<Reporter> shown;
  PlanRecorder reporter;
};

/// kUsage when there is no terminal to ask on: `command` needs `--yes` then.
Status CanAsk(std::string_view command);
/// Asks on the terminal. True for `yes`; kInterrupted once a drain is requested, which ends the
/// wait for an answer as well.
Result<bool> Ask(const std::string& question, std::ostream& err, const StopTokens& stop);

}  // namespace reembed
