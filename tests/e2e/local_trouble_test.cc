// Disks, files, rights, clocks and other runs of this machine.
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

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
  std::size_t most = 0;
  for (const auto& [text, times] : stage.sandbox().provider().texts_billed()) {
    most = std::max(most, times);
    twice += times - 1;
  }
  CHECK(most <= 2);
  CHECK(twice <= 2 * 64);
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
    const FileSizeLimit limit(10'000'000);
    const Ended ended = stage.Migrate({"--concurrency", "2"});
    INFO(ended.out << ended.err);
    CHECK(ended.exit_code == 5);
    CHECK_THAT(ended.out, ContainsSubstring(".reembed/journal.db"));
  }
  CheckResumes(stage, 4000);
}

TEST_CASE("local trouble: no room for a rollback is exit 5 and changes nothing") {
  DocsStage stage(300);
  const std::string before = stage.Exported();
  REQUIRE(stage.Migrate().exit_code == 0);
  const std::string migrated = stage.Exported();
  {
    const FileSizeLimit limit(1000);
    const Ended ended = stage.Run({"rollback", "--yes"});
    INFO(ended.out << ended.err);
    CHECK(ended.exit_code == 5);
    CHECK_THAT(ended.out + ended.err, ContainsSubstring(".reembed/journal.db"));
  }
  CHECK((stage.Exported() == migrated));
  CHECK(stage.Run({"rollback", "--yes"}).exit_code == 0);
  CHECK((stage.Exported() == before));
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
  first->Signal(SIGSTOP);  // it must not end before the others have looked
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
  first->Signal(SIGCONT);
  const Ended ended = first->Wait();
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(stage.Right() == 600);
  CHECK(stage.Paid() == 600);
}

TEST_CASE("local trouble: files are for this user alone, whatever the umask") {
  DocsStage stage;
  stage.options.provider.latency = std::chrono::milliseconds(200);
  stage.AddCollection("docs", 8, PlainDocuments(600, 8));
  const mode_t before = umask(0);
  const auto run = stage.MigrateUntil(2, {"--concurrency", "1", "--log-file", "run.log"});
  umask(before);
  CHECK(ModeOf(stage.folder().path() + "/.reembed") == 0700);
  CHECK(ModeOf(stage.StateFile("lock")) == 0600);
  CHECK(ModeOf(stage.StateFile("journal.db")) == 0600);
  CHECK(ModeOf(stage.StateFile("journal.db-wal")) == 0600);
  CHECK(ModeOf(stage.StateFile("journal.db-shm")) == 0600);
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
