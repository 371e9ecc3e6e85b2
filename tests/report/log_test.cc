#include <sstream>

#include "src/io/report/log_sink.h"
#include "src/io/report/terminal.h"
#include "tests/support/catch2.h"
#include "tests/support/temp_folder.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

namespace {

void WriteOneOfEach(Log& log) {
  log.Debug("d");
  log.Info("i");
  log.Warning("w");
  log.Error("e");
}

std::string ShownAt(Verbosity verbosity) {
  std::ostringstream out;
  Terminal terminal(out, {}, Redactor());
  WriteOneOfEach(**MakeLog({.verbosity = verbosity, .file = ""}, terminal));
  return out.str();
}

}  // namespace

TEST_CASE("log: the terminal shows what was asked for") {
  CHECK(ShownAt(Verbosity::kErrors) == "error: e\n");
  CHECK(ShownAt(Verbosity::kWarnings) == "warning: w\nerror: e\n");
  CHECK(ShownAt(Verbosity::kInfo) == "info: i\nwarning: w\nerror: e\n");
  CHECK(ShownAt(Verbosity::kDebug) == "debug: d\ninfo: i\nwarning: w\nerror: e\n");
}

TEST_CASE("log: the file has every level, stamped, whatever the terminal shows") {
  const TempFolder dir;
  std::ostringstream out;
  Terminal terminal(out, {}, Redactor());
  auto log = MakeLog({.verbosity = Verbosity::kErrors, .file = dir / "run.log"}, terminal);
  REQUIRE(log.ok());
  WriteOneOfEach(**log);
  const std::string text = ReadFile(dir / "run.log");
  CHECK_THAT(text, Catch::Matchers::Matches("(20[0-9-]{8}T[0-9:]{8}\\.[0-9]{3}Z debug d\n)"
                                            "(.*Z info i\n)(.*Z warning w\n)(.*Z error e\n)"));
  CHECK(ModeOf(dir / "run.log") == 0600);
}

TEST_CASE("log: the file is appended to and made private") {
  const TempFolder dir;
  std::ofstream(dir / "run.log") << "before\n";
  std::filesystem::permissions(dir / "run.log", std::filesystem::perms(0644));
  std::ostringstream out;
  Terminal terminal(out, {}, Redactor());
  auto log = MakeLog({.verbosity = Verbosity::kErrors, .file = dir / "run.log"}, terminal);
  REQUIRE(log.ok());
  (*log)->Info("after");
  CHECK_THAT(ReadFile(dir / "run.log"), ContainsSubstring("before\n20"));
  CHECK_THAT(ReadFile(dir / "run.log"), ContainsSubstring("Z info after\n"));
  CHECK(ModeOf(dir / "run.log") == 0600);
}

TEST_CASE("log: a file that cannot be opened is an error that names it") {
  const TempFolder dir;
  std::ostringstream out;
  Terminal terminal(out, {}, Redactor());
  const auto log = MakeLog({.verbosity = Verbosity::kErrors, .file = dir / "no/x.log"}, terminal);
  REQUIRE(!log.ok());
  CHECK(log.error().kind == ErrorKind::kLocal);
  CHECK(log.error().message == "cannot open the log file " + (dir / "no/x.log") +
                                   ": No such file or directory; choose another file with "
                                   "--log-file");
  CHECK(EntriesIn(dir.path()) == 0);
}

TEST_CASE("log: keys and control characters reach neither terminal nor file") {
  const TempFolder dir;
  std::ostringstream out;
  Terminal terminal(out, {}, Redactor({Secret("sk-secret-1")}));
  auto log = MakeLog({.verbosity = Verbosity::kWarnings, .file = dir / "run.log"}, terminal);
  REQUIRE(log.ok());
  (*log)->Warning("key sk-secret-1 \x1b[2J {} %n");
  CHECK(out.str() == "warning: key *** \\x1b[2J {} %n\n");
  CHECK_THAT(ReadFile(dir / "run.log"), ContainsSubstring("warning key *** \\x1b[2J {} %n\n"));
}

TEST_CASE("log: a file that takes no more is said once") {
  std::ostringstream out;
  Terminal terminal(out, {}, Redactor());
  auto log = MakeLog({.verbosity = Verbosity::kErrors, .file = "/dev/full"}, terminal);
  REQUIRE(log.ok());
  (*log)->Info("a");
  (*log)->Info("b");
  const std::string text = out.str();
  CHECK_THAT(text, ContainsSubstring("error: the log cannot be written: "));
  CHECK(text.find('\n') == text.size() - 1);
}
