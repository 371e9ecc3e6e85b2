#include "src/output.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "src/io/report/json_reporter.h"
#include "src/io/report/text_reporter.h"

namespace reembed {
namespace {

constexpr int kLookForStopMillis = 100;

}  // namespace

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

Result<bool> Ask(const std::string& question, std::ostream& err, const StopTokens& stop) {
  err << question << " [yes/no] " << std::flush;
  std::string answer;
  while (!answer.ends_with('\n')) {
    // Signals are taken by a thread of their own (signals.h), so none ends a read.
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    const int ready = poll(&input, 1, kLookForStopMillis);
    if (stop.drain.stop_requested()) {
      err << '\n';
      return Error{.kind = ErrorKind::kInterrupted,
                   .message = "interrupted before an answer: nothing was changed"};
    }
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    std::array<char, 256> part;
    const ssize_t count = read(STDIN_FILENO, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    answer.append(part.data(), static_cast<std::size_t>(count));
  }
  return answer == "yes\n" || answer == "y\n";
}

}  // namespace reembed
