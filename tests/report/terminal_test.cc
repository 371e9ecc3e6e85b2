#include "src/io/report/terminal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <thread>

#include "tests/support/catch2.h"

using namespace reembed;  // NOLINT(google-build-using-namespace)

TEST_CASE("terminal: a line without a status line is just a line") {
  std::ostringstream out;
  Terminal terminal(out, {}, Redactor());
  terminal.PrintLine("hello");
  CHECK(out.str() == "hello\n");
}

TEST_CASE("terminal: the status line moves below a line that is printed") {
  std::ostringstream out;
  Terminal terminal(out, {}, Redactor());
  terminal.SetStatus("50%");
  CHECK(out.str() == "\r50%\x1b[K");
  out.str("");
  terminal.PrintLine("hello");
  CHECK(out.str() == "\r\x1b[Khello\n50%\x1b[K");
}

TEST_CASE("terminal: an empty status takes the line away, once") {
  std::ostringstream out;
  Terminal terminal(out, {}, Redactor());
  terminal.SetStatus("50%");
  out.str("");
  terminal.SetStatus("");
  terminal.SetStatus("");
  CHECK(out.str() == "\r\x1b[K");
}

TEST_CASE("terminal: leaves no status line behind") {
  std::ostringstream out;
  {
    Terminal terminal(out, {}, Redactor());
    terminal.SetStatus("50%");
    out.str("");
  }
  CHECK(out.str() == "\r\x1b[K");
}

TEST_CASE("terminal: cleans lines and status") {
  std::ostringstream out;
  Terminal terminal(out, {}, Redactor({Secret("sk-secret-1")}));
  terminal.PrintLine("sk-secret-1\n");
  terminal.SetStatus("sk-secret-1\r");
  CHECK(out.str() == "***\\n\n\r***\\r\x1b[K");
}

TEST_CASE("terminal: lines of several threads stay whole") {
  std::ostringstream out;
  {
    Terminal terminal(out, {}, Redactor());
    std::jthread a([&] { terminal.PrintLine(std::string(100, 'a')); });
    std::jthread b([&] { terminal.PrintLine(std::string(100, 'b')); });
  }
  CHECK_THAT(out.str(), ContainsSubstring(std::string(100, 'a') + "\n"));
  CHECK_THAT(out.str(), ContainsSubstring(std::string(100, 'b') + "\n"));
}

TEST_CASE("terminal: a file is not interactive and 80 columns wide") {
  const int fd = open("/dev/null", O_WRONLY);
  const TerminalTraits traits = DetectTerminal(fd, "xterm");
  CHECK(!traits.interactive);
  CHECK(traits.width() == 80);
  close(fd);
}

TEST_CASE("terminal: a terminal is interactive unless it is a dumb one") {
  const int fd = posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(fd >= 0);
  CHECK(DetectTerminal(fd, "xterm").interactive);
  CHECK(!DetectTerminal(fd, "dumb").interactive);
  close(fd);
}
