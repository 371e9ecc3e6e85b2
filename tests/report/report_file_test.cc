#include "src/io/report/report_file.h"

#include "tests/support/catch2.h"
#include "tests/support/temp_folder.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("report file: is written whole and for its owner only") {
  const TempFolder dir;
  REQUIRE(WriteReportFile(dir / "report.json", "{}\n").ok());
  CHECK(ReadFile(dir / "report.json") == "{}\n");
  CHECK(ModeOf(dir / "report.json") == 0600);
  CHECK(EntriesIn(dir.path()) == 1);
}

TEST_CASE("report file: replaces an older one and its mode") {
  const TempFolder dir;
  std::ofstream(dir / "report.json") << "an older and longer report";
  std::filesystem::permissions(dir / "report.json", std::filesystem::perms(0644));
  REQUIRE(WriteReportFile(dir / "report.json", "new").ok());
  CHECK(ReadFile(dir / "report.json") == "new");
  CHECK(ModeOf(dir / "report.json") == 0600);
}

TEST_CASE("report file: a symbolic link stays one") {
  const TempFolder dir;
  std::ofstream(dir / "target") << "old";
  std::filesystem::create_symlink(dir / "target", dir / "link");
  REQUIRE(WriteReportFile(dir / "link", "new").ok());
  CHECK(std::filesystem::is_symlink(dir / "link"));
  CHECK(ReadFile(dir / "target") == "new");
}

TEST_CASE("report file: a device is written to, not replaced") {
  REQUIRE(WriteReportFile("/dev/null", "text").ok());
  CHECK(std::filesystem::is_character_file("/dev/null"));
}

TEST_CASE("report file: a missing directory is an error that names the file") {
  const TempFolder dir;
  const Status status = WriteReportFile(dir / "none/report.json", "{}");
  REQUIRE(!status.ok());
  CHECK(status.error().kind == ErrorKind::kLocal);
  CHECK(status.error().message == "cannot write the report " + (dir / "none/report.json") +
                                      ": No such file or directory; choose another file with "
                                      "--report");
}

TEST_CASE("report file: a directory is an error") {
  const TempFolder dir;
  CHECK_THAT(WriteReportFile(dir / "", "{}").error().message, ContainsSubstring("Is a directory"));
  CHECK_THAT(CheckReportFile(dir / "").error().message, ContainsSubstring("Is a directory"));
}

TEST_CASE("report file: the check leaves nothing behind") {
  const TempFolder dir;
  CHECK(CheckReportFile(dir / "report.json").ok());
  CHECK(EntriesIn(dir.path()) == 0);
  CHECK(CheckReportFile("/dev/null").ok());
  CHECK(CheckReportFile(dir / "none/report.json").error().kind == ErrorKind::kLocal);
}
