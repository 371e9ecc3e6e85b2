#include "src/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <utility>

#include "src/io/report/json_reporter.h"
#include "src/io/report/text_reporter.h"

namespace reembed {

Output::Output(const CliOptions& cli, Redactor redactor, std::string_view term,
               std::ostream& results, std::ostream& messages)
    : out(results),
      redact(std::move(redactor)),
      terminal(messages, DetectTerminal(STDERR_FILENO, term), redact),
      progress(MakeProgress(cli.progress, terminal)),
      shown(cli.output == OutputFormat::kJson ? MakeJsonReporter(results, redact)
                                              : MakeTextReporter(results, redact)),
      reporter(*shown) {}

Status CanAsk(std::string_view command) {
  if (isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0) return {};
  return Error{.kind = ErrorKind::kUsage,
               .message = fmt::format("'{}' asks before it changes anything, and there is no "
                                      "terminal to ask on; say --yes",
                                      command)};
}

bool Ask(const std::string& question, std::ostream& err) {
  err << question << " [yes/no] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "yes" || answer == "y";
}

}  // namespace reembed
