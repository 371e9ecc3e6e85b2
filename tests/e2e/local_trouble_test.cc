// Disks, files, rights, clocks and other runs of this machine.
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "reembed/base/clock.h"
#include "story_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

namespace fs = std::filesystem;

/// A file system of `bytes` at `path`; not mounted where that is not allowed.
class SmallDisk {
 public:
  SmallDisk(std::string path, const std::string& options) : path_(std::move(path)) {
    fs::create_directories(path_);
    mounted_ = mount("tmpfs", path_.c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  bool Remount(unsigned long flags, const std::string& options) {
    return mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT | flags, options.c_str()) == 0;
  }

 private:
  std::string path_;
  bool mounted_ = false;
};

/// Programs started meanwhile write no file beyond `bytes`, and are told so instead of killed.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    handler_ = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  sighandler_t handler_ = SIG_DFL;
};

std::string StateFile(const DocsStage& stage, const std::string& name) {
  return stage.folder().path() + "/.reembed/" + name;
}

void CheckRefused(const Ended& ended, const std::string& path, const std::string& remedy) {
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 4);
  CHECK_THAT(ended.out + ended.err, ContainsSubstring(path));
  CHECK_THAT(ended.out + ended.err, ContainsSubstring(remedy));
}

/// After the disk was full: nothing that was answered and kept is paid for again.
void CheckResumes(DocsStage& stage, std::size_t documents) {
  const std::size_t paid = stage.Paid();
  const Ended rerun = stage.Migrate();
  INFO(rerun.out << rerun.err);
  CHECK(rerun.exit_code == 0);
  CHECK(stage.Right() == documents);
  // Only the answers that were on their way when the room ended, one batch a worker.
  CHECK(paid > 0);
  CHECK(stage.Paid() - paid < documents);
  std::size_t twice = 0;
  for (const auto& [text, times] : stage.sandbox().provider().texts_billed()) {
    CHECK(times <= 2);
    twice += times - 1;
  }
  CHECK(twice <= 2 * 64);
}

mode_t ModeOf(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 ? found.st_mode & 07777U : 0U;
}

void Overwrite(const std::string& path, std::uint64_t from, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(from));
  file << bytes;
}

int Sql(const DocsStage& stage, const std::string& statement) {
  const std::string script = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nc.execute('" +
                             statement + "')\nc.commit()\nc.close()\n";
  return Process({REEMBED_PYTHON, "-c", script, StateFile(stage, "journal.db")}, {}, "/")
      .Wait()
      .exit_code;
}

}  // namespace

TEST_CASE("local trouble: a full disk is exit 5, and a rerun with room goes on") {
  DocsStage stage;
  stage.AddCollection("docs", 8, PlainDocuments(4000, 8));
  SmallDisk disk(stage.folder().path() + "/.reembed", "size=12m");
  if (!disk.mounted()) {
    WARN("not checked: this user may not mount");
    return;
  }
  const Ended ended = stage.Migrate({"--concurrency", "2"});
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 5);
  CHECK_THAT(ended.out, ContainsSubstring("make room"));
  CHECK_THAT(ended.out, ContainsSubstring(".reembed/journal.db"));
  CHECK(stage.Run({"status"}).exit_code == 0);
  REQUIRE(disk.Remount(0, "size=64m"));
  CheckResumes(stage, 4000);
}

TEST_CASE("local trouble: a limit on the size of files is exit 5 too") {
  DocsStage stage;
  stage.AddCollection("docs", 8, PlainDocuments(4000, 8));
  {
    const FileSizeLimit limit(8'000'000);
    const Ended ended = stage.Migrate({"--concurrency", "2"});
    INFO(ended.out << ended.err);
    CHECK(ended.exit_code == 5);
    CHECK_THAT(ended.out, ContainsSubstring(".reembed/journal.db"));
  }
  CheckResumes(stage, 4000);
}

TEST_CASE("local trouble: a state directory that cannot be made or written names the option") {
  DocsStage stage(5);
  const std::string file = stage.folder().Write("plain", "x");
  CheckRefused(stage.Migrate({"--state-dir", file + "/state"}), file, "--state-dir");
  CheckRefused(stage.Migrate({"--state-dir", file}), file, "--state-dir");
  CHECK(stage.Paid() == 0);
  CHECK(stage.Writes() == 0);
}

TEST_CASE("local trouble: a read-only file system") {
  DocsStage stage(5);
  const std::string path = stage.folder().path() + "/frozen";
  SmallDisk disk(path, "size=4m");
  if (!disk.mounted()) {
    WARN("not checked: this user may not mount");
    return;
  }
  REQUIRE(stage.Migrate({"--state-dir", path}).exit_code == 0);
  const std::size_t paid = stage.Paid();
  REQUIRE(disk.Remount(MS_RDONLY, "size=4m"));
  CheckRefused(stage.Migrate({"--state-dir", path}), path, "--state-dir");
  CheckRefused(stage.Migrate({"--state-dir", path + "/new"}), path + "/new", "--state-dir");
  // Reading asks for less.
  const Ended status = stage.Run({"status", "--state-dir", path});
  INFO(status.out << status.err);
  CHECK(status.exit_code == 0);
  CHECK(stage.Run({"verify", "--dimensions", "8", "--state-dir", path}).exit_code == 0);
  CHECK(stage.Run({"rollback", "--dry-run", "--state-dir", path}).exit_code == 0);
  CHECK(stage.Migrate({"--dry-run", "--state-dir", path}).exit_code == 0);
  CHECK(stage.Paid() == paid);
}

TEST_CASE("local trouble: a second run is refused by name, readers are not, the first goes on") {
  DocsStage stage;
  stage.options.provider.latency = std::chrono::milliseconds(100);
  stage.AddCollection("docs", 8, PlainDocuments(600, 8));
  const auto first = stage.MigrateUntil(2, {"--concurrency", "1"});
  const Ended second = stage.Migrate();
  CHECK(second.exit_code == 5);
  CHECK_THAT(second.out, ContainsSubstring("another run holds the state directory"));
  CHECK_THAT(second.out, ContainsSubstring("reembed run"));
  const Ended back = stage.Run({"rollback", "--yes"});
  CHECK(back.exit_code == 5);
  CHECK_THAT(back.out + back.err, ContainsSubstring("reembed run"));
  CHECK(stage.Migrate({"--dry-run", "--no-probe"}).exit_code == 0);
  CHECK(stage.Run({"rollback", "--dry-run"}).exit_code == 0);
  CHECK(stage.Run({"status"}).exit_code == 0);
  CHECK(stage.Run({"verify", "--dimensions", "8"}).exit_code == 3);
  CHECK_FALSE(first->HasEnded());
  const Ended ended = first->Wait();
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(stage.Right() == 600);
  CHECK(stage.Paid() == 600);
}

TEST_CASE(
    "local trouble: a journal that is damaged is refused with a way out, nothing is touched") {
  DocsStage stage(200);
  REQUIRE(stage.Migrate().exit_code == 0);
  const std::string migrated = stage.Exported();
  const std::string journal = StateFile(stage, "journal.db");
  const std::string good = stage.folder().Read(".reembed/journal.db");
  REQUIRE(good.size() > 4 * 32768);
  std::string remedy = "away and start again";
  SECTION("pages overwritten") {
    for (std::uint64_t page = 1; page < good.size() / 32768; page += 2) {
      Overwrite(journal, page * 32768, std::string(4000, '\xa5'));
    }
  }
  SECTION("the beginning overwritten") {
    Overwrite(journal, 0, std::string(200, '\0'));
  }
  SECTION("cut") {
    fs::resize_file(journal, good.size() / 2);
  }
  SECTION("cut within the first page") {
    fs::resize_file(journal, 700);
  }
  SECTION("a text file") {
    stage.folder().Write(".reembed/journal.db", "notes of last week\n");
  }
  SECTION("of another program") {
    REQUIRE(Sql(stage, "PRAGMA application_id=7") == 0);
  }
  SECTION("of a newer version") {
    REQUIRE(Sql(stage, "PRAGMA user_version=99") == 0);
    remedy = "version 99";
  }
  const std::string damaged = stage.folder().Read(".reembed/journal.db");
  CheckRefused(stage.Migrate(), ".reembed/journal.db", remedy);
  CheckRefused(stage.Run({"rollback", "--yes"}), ".reembed/journal.db", remedy);
  CheckRefused(stage.Run({"status"}), ".reembed/journal.db", remedy);
  CHECK(stage.Run({"verify", "--dimensions", "8"}).exit_code == 4);
  CHECK(stage.folder().Read(".reembed/journal.db") == damaged);
  CHECK((stage.Exported() == migrated));
  CHECK(stage.Paid() == 200);
  fs::rename(stage.folder().path() + "/.reembed", stage.folder().path() + "/away");
  CHECK(stage.Migrate().exit_code == 0);
}

TEST_CASE("local trouble: a vector that the disk has spoilt is embedded anew, not written") {
  DocsStage stage(200);
  const std::string before = stage.Exported();
  REQUIRE(stage.Migrate().exit_code == 0);
  std::string journal = stage.folder().Read(".reembed/journal.db");
  // The stored form of one vector: eight floats.
  const auto vector = OpenAiVector("orders of region 7 by month", 8);
  const std::string bytes(reinterpret_cast<const char*>(vector.data()), 8 * sizeof(float));
  const auto at = journal.find(bytes);
  REQUIRE(at != std::string::npos);
  Overwrite(StateFile(stage, "journal.db"), at + 4, "\x01\x02");
  stage.typesense().RemoveCollection("docs");
  stage.AddCollection("docs", 8, before);
  const Ended ended = stage.Migrate();
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(stage.Right() == 200);
  CHECK(stage.Paid() == 201);
}

TEST_CASE("local trouble: files are for this user alone, whatever the umask") {
  DocsStage stage;
  stage.options.provider.latency = std::chrono::milliseconds(200);
  stage.AddCollection("docs", 8, PlainDocuments(600, 8));
  const mode_t before = umask(0);
  const auto run = stage.MigrateUntil(2, {"--concurrency", "1", "--log-file", "run.log"});
  umask(before);
  CHECK(ModeOf(stage.folder().path() + "/.reembed") == 0700);
  CHECK(ModeOf(StateFile(stage, "lock")) == 0600);
  CHECK(ModeOf(StateFile(stage, "journal.db")) == 0600);
  CHECK(ModeOf(StateFile(stage, "journal.db-wal")) == 0600);
  CHECK(ModeOf(StateFile(stage, "journal.db-shm")) == 0600);
  CHECK(ModeOf(stage.folder().path() + "/run.log") == 0600);
  run->Signal(SIGINT);
  CHECK(run->Wait().exit_code == 130);
}

TEST_CASE("local trouble: no key in the journal, also when both servers repeat theirs") {
  DocsStage stage;
  stage.options.provider.faults = *sandbox::ParseFaults("echo-key=20");
  stage.AddCollection("docs", 8, PlainDocuments(300, 8));
  stage.typesense().controls().RejectWrites(
      3, 400, "no right: store-key-0123456789, provider-key-9876543210");
  const Ended ended = stage.Migrate();
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 4);
  CHECK_THAT(ended.out, ContainsSubstring("no right: ***"));
  for (const auto& entry : fs::recursive_directory_iterator(stage.folder().path() + "/.reembed")) {
    const std::string bytes = stage.folder().Read(".reembed/" + entry.path().filename().string());
    CHECK(bytes.find("store-key-0123456789") == std::string::npos);
    CHECK(bytes.find("provider-key-9876543210") == std::string::npos);
  }
  CHECK(ended.out.find("key-9876543210") == std::string::npos);
  CHECK(ended.out.find("store-key-0123456789") == std::string::npos);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they want to be loaded first
namespace {

void SetClock(DocsStage& stage, long shift_days, long jump_days = 0) {
  constexpr long kDay = 86'400;
  stage.environment["LD_PRELOAD"] = REEMBED_CLOCK_SHIFT;
  stage.environment["CLOCK_SHIFT_SECONDS"] = std::to_string(shift_days * kDay);
  stage.environment["CLOCK_JUMP_SECONDS"] = std::to_string(jump_days * kDay);
  stage.environment["CLOCK_JUMP_AFTER_MS"] = "200";
}

}  // namespace

TEST_CASE("clock: a run while the time of day jumps by a year, either way") {
  const long jump_days = GENERATE(-365, 365);
  DocsStage stage;
  stage.options.provider.latency = std::chrono::milliseconds(100);
  stage.AddCollection("docs", 8, PlainDocuments(300, 8));
  const std::string before = stage.Exported();
  SetClock(stage, 0, jump_days);
  const Json report = Report(stage, {"--dimensions", "8", "--concurrency", "1"});
  CHECK(report.at("exit_code") == 0);
  CHECK(report.at("started_at").get<std::string>().substr(0, 4) !=
        report.at("finished_at").get<std::string>().substr(0, 4));
  CHECK(report.at("seconds") >= 0.2);
  CHECK(report.at("seconds") < 60);
  CHECK(report.at("collections").at("docs").at("seconds") < 60);
  CHECK(stage.Right() == 300);
  stage.environment.erase("LD_PRELOAD");
  CHECK(stage.Run({"status"}).exit_code == 0);
  CHECK(stage.Migrate().exit_code == 0);
  CHECK(stage.Paid() == 300);
  CHECK(stage.Run({"rollback", "--yes"}).exit_code == 0);
  CHECK((stage.Exported() == before));
}

TEST_CASE("clock: after a run in the future a later one is the latest, and keeps its backups") {
  DocsStage stage(20);
  const std::string before = stage.Exported();
  SetClock(stage, 365);
  REQUIRE(stage.Migrate().exit_code == 0);
  const std::string first = stage.Exported();
  SetClock(stage, 0);
  REQUIRE(stage.Migrate({"--model", "text-embedding-3-large"}).exit_code == 0);
  CHECK(stage.Run({"rollback", "--yes"}).exit_code == 0);
  CHECK((stage.Exported() == first));
  CHECK(stage.Run({"rollback", "--yes"}).exit_code == 0);
  CHECK((stage.Exported() == before));
}

TEST_CASE("clock: backups stay for keep_days and go with the run after that") {
  DocsStage stage(20);
  REQUIRE(stage.Migrate().exit_code == 0);
  const std::string first = stage.Exported();
  SECTION("29 days later they are there") {
    SetClock(stage, 29);
    REQUIRE(stage.Migrate({"--model", "text-embedding-3-large"}).exit_code == 0);
    const auto ids = RunIds(stage);
    CHECK(stage.Run({"rollback", "--yes", "--run", ids.at(1)}).exit_code == 0);
    CHECK((stage.Exported() != first));
  }
  SECTION("31 days later they are gone, and rollback says so") {
    SetClock(stage, 31);
    REQUIRE(stage.Migrate({"--model", "text-embedding-3-large"}).exit_code == 0);
    const auto ids = RunIds(stage);
    const Ended back = stage.Run({"rollback", "--yes", "--run", ids.at(1)});
    CHECK(back.exit_code == 4);
    CHECK_THAT(back.out + back.err, ContainsSubstring("removed"));
    CHECK(stage.Run({"rollback", "--yes"}).exit_code == 0);
    CHECK((stage.Exported() == first));
  }
}
#endif
