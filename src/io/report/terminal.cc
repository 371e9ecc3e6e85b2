#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <ostream>
#include <utility>

#include "clean.h"

namespace reembed {
namespace {

constexpr std::size_t kDefaultWidth = 80;
constexpr std::string_view kClearLine = "\r\x1b[K";
constexpr std::string_view kClearToEnd = "\x1b[K";

std::size_t AskWidth(int fd) {
  winsize size = {};
  const bool known = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kDefaultWidth;
}

}  // namespace

TerminalTraits DetectTerminal(int fd, std::string_view term) {
  return {.interactive = term != "dumb" && isatty(fd) == 1, .width = [fd] { return AskWidth(fd); }};
}

Terminal::Terminal(std::ostream& out, TerminalTraits traits, Redactor redact)
    : out_(out), traits_(std::move(traits)), redact_(std::move(redact)) {}

Terminal::~Terminal() {
  SetStatus("");
}

std::size_t Terminal::width() const {
  return traits_.width ? traits_.width() : kDefaultWidth;
}

std::string Terminal::Clean(std::string_view text) const {
  return reembed::Clean(text, redact_);
}

void Terminal::PrintLine(std::string_view text) {
  const std::string line = Clean(text) + "\n";
  MutexLock lock(mutex_);
  if (status_.empty()) {
    Write(line);
  } else {
    Write(std::string(kClearLine) + line + status_ + std::string(kClearToEnd));
  }
}

void Terminal::SetStatus(std::string_view text) {
  std::string clean = Clean(text);
  MutexLock lock(mutex_);
  if (clean.empty() && status_.empty()) return;
  Write(clean.empty() ? std::string(kClearLine) : "\r" + clean + std::string(kClearToEnd));
  status_ = std::move(clean);
}

void Terminal::Write(const std::string& text) {
  out_ << text << std::flush;
}

}  // namespace reembed
