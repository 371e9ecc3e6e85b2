#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "reembed/base/mutex.h"
#include "reembed/base/secret.h"

namespace reembed {

/// What the stream is connected to.
struct TerminalTraits {
  bool interactive = false;            ///< it obeys `\r` and "clear to end of line"
  std::function<std::size_t()> width;  ///< columns, asked at each redraw; absent: 80
};

/// Looks at a file descriptor. `term` is the value of TERM; `dumb` is not interactive.
TerminalTraits DetectTerminal(int fd, std::string_view term);

/// The one way to stderr: whole lines, and below them at most one status line (the progress bar),
/// which is taken away before a line is printed and put back after. Everything is cleaned (see
/// clean.h). Thread-safe: one mutex, one write per call. `out` must live longer.
class Terminal {
 public:
  Terminal(std::ostream& out, TerminalTraits traits, Redactor redact);
  /// Takes the status line away.
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool interactive() const { return traits_.interactive; }
  std::size_t width() const;
  std::string Clean(std::string_view text) const;

  void PrintLine(std::string_view text);
  /// Shows `text`, which the caller has fitted to width(); empty takes the status line away.
  void SetStatus(std::string_view text);

 private:
  void Write(const std::string& text) REEMBED_REQUIRES(mutex_);

  std::ostream& out_ REEMBED_GUARDED_BY(mutex_);
  const TerminalTraits traits_;
  const Redactor redact_;
  Mutex mutex_;
  std::string status_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace reembed
