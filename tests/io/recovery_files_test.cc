#include "src/io/system/recovery_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/catch2.h"
#include "tests/support/temp_folder.h"

namespace reembed {
namespace {

namespace fs = std::filesystem;
using namespace testing;

TEST_CASE("recovery files: written for this user alone, found, replaced, removed") {
  const TempFolder folder;
  const std::string state = folder.path() + "/deep/state";
  RecoveryFolder files(state);
  CHECK(files.Find("docs").empty());
  CHECK(files.Remove("docs").ok());  // not even the folder is there
  const auto path = files.Write("docs", "first");
  REQUIRE(path.ok());
  CHECK(*path == state + "/recovery/docs.json");
  CHECK(files.Find("docs") == *path);
  CHECK(files.Find("doc").empty());
  CHECK(ModeOf(*path) == 0600);
  CHECK(ModeOf(state + "/recovery") == 0700);
  CHECK(ModeOf(state) == 0700);
  REQUIRE(files.Write("docs", "second").ok());
  CHECK(ReadFile(*path) == "second");
  CHECK(EntriesIn(state + "/recovery") == 1);
  CHECK(files.Remove("docs").ok());
  CHECK(files.Find("docs").empty());
  CHECK(EntriesIn(state + "/recovery") == 0);
}

TEST_CASE("recovery files: any name is one file in the folder") {
  const TempFolder folder;
  RecoveryFolder files(folder.path());
  const std::string names[] = {"a/b", "..", ".", "../../x", "a b", "100%", "%2F", "日本", "a\nb"};
  for (const std::string& name : names) {
    CAPTURE(name);
    const auto path = files.Write(name, name);
    REQUIRE(path.ok());
    CHECK(fs::path(*path).parent_path() == folder.path() + "/recovery");
  }
  for (const std::string& name : names) CHECK(ReadFile(files.Find(name)) == name);
  CHECK(files.Find("a/b") == folder.path() + "/recovery/a%2Fb.json");
  CHECK(EntriesIn(folder.path() + "/recovery") == std::size(names));
}

TEST_CASE("recovery files: very long names stay apart") {
  const TempFolder folder;
  RecoveryFolder files(folder.path());
  const std::string name(400, 'x');
  REQUIRE(files.Write(name + "1", "one").ok());
  REQUIRE(files.Write(name + "2", "two").ok());
  CHECK(ReadFile(files.Find(name + "1")) == "one");
  CHECK(ReadFile(files.Find(name + "2")) == "two");
}

TEST_CASE("recovery files: a file in the folder's place is named") {
  const TempFolder folder;
  std::ofstream(folder.path() + "/recovery") << "not a folder";
  const auto path = RecoveryFolder(folder.path()).Write("docs", "text");
  REQUIRE_FALSE(path.ok());
  CHECK(path.error().kind == ErrorKind::kRefused);
  CHECK_THAT(path.error().message, ContainsSubstring(folder.path() + "/recovery"));
}

TEST_CASE("recovery files: a failed write leaves the old file and nothing else") {
  const TempFolder folder;
  RecoveryFolder files(folder.path());
  fs::create_directories(folder.path() + "/recovery/docs.json/in the way");
  const auto path = files.Write("docs", "text");
  REQUIRE_FALSE(path.ok());
  CHECK(path.error().kind == ErrorKind::kLocal);
  CHECK_THAT(path.error().message, ContainsSubstring("docs.json"));
  CHECK(EntriesIn(folder.path() + "/recovery") == 1);
}

TEST_CASE("recovery files: what a killed writer left half written does not stay") {
  const TempFolder folder;
  RecoveryFolder files(folder.path());
  const std::string path = *files.Write("docs", "old");
  const bool written_again = GENERATE(true, false);
  std::ofstream(path + ".new") << "hal";
  if (written_again) {
    REQUIRE(files.Write("docs", "new").ok());
    CHECK(ReadFile(path) == "new");
  }
  REQUIRE(files.Remove("docs").ok());
  CHECK(fs::is_empty(folder.path() + "/recovery"));
}

TEST_CASE("recovery files: a folder that may not be written") {
  if (geteuid() == 0) return;  // root may
  const TempFolder folder;
  chmod(folder.path().c_str(), 0500);
  const auto path = RecoveryFolder(folder.path()).Write("docs", "text");
  chmod(folder.path().c_str(), 0700);
  CHECK(path.error().kind == ErrorKind::kRefused);
  CHECK_THAT(path.error().message, ContainsSubstring("--state-dir"));
}

}  // namespace
}  // namespace reembed
