#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "journal_fixture.h"
#include "src/io/journal/sqlite.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr ErrorKind kOpened = ErrorKind::kNotFound;

ErrorKind KindOf(const Result<std::unique_ptr<JournalStore>>& opened) {
  return opened.ok() ? kOpened : opened.error().kind;
}

// Some pages of every table.
void MakeJournal(const JournalFolder& folder) {
  const auto run = Must(Opened(folder.place())->OpenRun(SomeRun()));
  Migrate(*run, "1", "text", 1);
  ScanRecord record = NewDocument("2", "other");
  record.backup->blob.assign(200'000, 'b');
  Must(run->RecordScan(std::vector{record}));
}

void Overwrite(const std::string& path, std::streamoff at, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at);
  file << bytes;
}

void RunSql(const JournalFolder& folder, const std::string& sql) {
  std::filesystem::create_directories(folder.place().dir);
  std::ofstream(folder.file(), std::ios::app);
  const auto database = Must(Database::Open(folder.file(), {}, OpenMode::kWrite));
  database->Execute(sql);
  Must(database->TakeStatus());
}

// Both ways to open must refuse with a message that holds `part`.
void CheckRefused(const JournalFolder& folder, const std::string& part) {
  for (const auto& opened : {OpenJournal(folder.place(), "test"), ReadJournal(folder.place())}) {
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().kind == ErrorKind::kRefused);
    CHECK_THAT(opened.error().message, ContainsSubstring(part));
    CHECK_THAT(opened.error().message, ContainsSubstring(folder.file()));
  }
}

}  // namespace

TEST_CASE("journal file: folder and files are for this user alone") {
  const JournalFolder folder;
  const mode_t before = umask(022);
  const auto store = Opened({folder.path() + "/a/state"});
  Migrate(*Must(store->OpenRun(SomeRun())), "1", "text", 1);
  umask(before);
  CHECK(ModeOf(folder.path() + "/a") == 0700);
  CHECK(ModeOf(folder.path() + "/a/state") == 0700);
  for (const char* name : {"journal.db", "journal.db-wal", "journal.db-shm", "lock"})
    CHECK(ModeOf(folder.path() + "/a/state/" + name) == 0600);
  CHECK(Must(store->SizeOnDisk()) > 65536);
}

TEST_CASE("journal file: an opened copy is closed to others again") {
  const JournalFolder folder;
  MakeJournal(folder);
  chmod(folder.file().c_str(), 0644);
  Opened(folder.place());
  CHECK(ModeOf(folder.file()) == 0600);
}

TEST_CASE("journal file: a second opening is told who holds it") {
  const JournalFolder folder;
  auto store = Must(OpenJournal(folder.place(), "reembed run --force\n"));
  const auto second = OpenJournal(folder.place(), "other");
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().kind == ErrorKind::kLocal);
  CHECK_THAT(second.error().message, ContainsSubstring("process " + std::to_string(getpid())));
  CHECK_THAT(second.error().message, ContainsSubstring("reembed run --force"));
  CHECK_THAT(second.error().message, ContainsSubstring(folder.place().dir));
  CHECK(InChild([&] {
          return KindOf(OpenJournal(folder.place(), "child")) == ErrorKind::kLocal ? 0 : 1;
        }) == 0);
  store.reset();
  CHECK(KindOf(OpenJournal(folder.place(), "other")) == kOpened);
}

TEST_CASE("journal file: a run that is still there keeps the lock of its store") {
  const JournalFolder folder;
  auto run = Must(Opened(folder.place())->OpenRun(SomeRun()));
  CHECK(KindOf(OpenJournal(folder.place(), "other")) == ErrorKind::kLocal);
  Must(run->BeginScan(WorkOrder::kWriteAtOnce));
  run.reset();
  CHECK(KindOf(OpenJournal(folder.place(), "other")) == kOpened);
}

TEST_CASE("journal file: the lock dies with its owner") {
  const JournalFolder folder;
  std::array<int, 2> ready{};
  REQUIRE(pipe(ready.data()) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto store = OpenJournal(folder.place(), "child");
    if (write(ready[1], store.ok() ? "y" : "n", 1) == 1) pause();
    _exit(0);
  }
  char answer = 0;
  REQUIRE(read(ready[0], &answer, 1) == 1);
  CHECK(answer == 'y');
  CHECK(KindOf(OpenJournal(folder.place(), "parent")) == ErrorKind::kLocal);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  CHECK(KindOf(OpenJournal(folder.place(), "parent")) == kOpened);
}

TEST_CASE("journal file: what a killed process had saved is there") {
  const JournalFolder folder;
  CHECK(InChild([&] {
          const auto store = Opened(folder.place());
          const auto run = Must(store->OpenRun(SomeRun()));
          Migrate(*run, "1", "text", 1);
          _exit(0);
          return 1;
        }) == 0);
  CHECK(std::filesystem::exists(folder.file() + "-wal"));
  for (const bool reading : {true, false}) {
    const auto store = reading ? Must(ReadJournal(folder.place())) : Opened(folder.place());
    const auto view = Must(store->View(SomeRun().target, SomeRecipe()));
    const auto rows = Must(view->Rows(std::vector<std::string_view>{"1"}));
    REQUIRE(rows[0]);
    CHECK(rows[0]->state == DocumentState::kWritten);
    CHECK(rows[0]->vector == HashVector(*SomeVector(1)));
  }
}

TEST_CASE("journal file: what is no database is refused") {
  const JournalFolder folder;
  std::filesystem::create_directories(folder.place().dir);
  std::ofstream(folder.file()) << std::string(100'000, 'x');
  CheckRefused(folder, "nothing in Typesense");
}

TEST_CASE("journal file: a truncated one is refused") {
  const JournalFolder folder;
  MakeJournal(folder);
  std::filesystem::resize_file(folder.file(), 3 * 32768 + 100);
  CheckRefused(folder, "Move the folder " + folder.place().dir);
}

TEST_CASE("journal file: a damaged page is refused") {
  const JournalFolder folder;
  MakeJournal(folder);
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(folder.file()));
  for (std::streamoff page = 2; page < size / 32768; ++page)
    Overwrite(folder.file(), page * 32768, std::string(4000, '\xee'));
  CheckRefused(folder, "is damaged");
}

TEST_CASE("journal file: damage that comes later is an error, not an answer") {
  const JournalFolder folder;
  MakeJournal(folder);
  const auto store = Must(ReadJournal(folder.place()));
  CHECK(Must(store->Runs()).size() == 1);
  Overwrite(folder.file(), 0, std::string(200, 'x'));
  const auto runs = store->Runs();
  REQUIRE_FALSE(runs.ok());
  CHECK(runs.error().kind == ErrorKind::kRefused);
}

TEST_CASE("journal file: another program's database is refused and left as it is") {
  const JournalFolder folder;
  RunSql(folder, "CREATE TABLE theirs(x)");
  const auto before = folder.Contents();
  CheckRefused(folder, "another program");
  CHECK(folder.Contents().at("journal.db") == before.at("journal.db"));
}

TEST_CASE("journal file: a newer version is refused, naming both") {
  const JournalFolder folder;
  MakeJournal(folder);
  RunSql(folder, "PRAGMA user_version=7");
  CheckRefused(folder, "version 7, this program knows up to version 4");
  CheckRefused(folder, "--state-dir");
}

TEST_CASE("journal file: one whose maker was killed at once is made anew") {
  const JournalFolder folder;
  RunSql(folder, "PRAGMA journal_mode=WAL");
  CHECK(Must(Must(ReadJournal(folder.place()))->Runs()).empty());
  CHECK(Must(Must(Opened(folder.place())->OpenRun(SomeRun()))->PendingCount()) == 0);
}

TEST_CASE("journal file: an older one is read after the next run only") {
  const JournalFolder folder;
  RunSql(folder, "PRAGMA application_id=0x52454d42");
  const auto read = ReadJournal(folder.place());
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().kind == ErrorKind::kRefused);
  CHECK_THAT(read.error().message, ContainsSubstring("the next run"));
  Opened(folder.place());
  CHECK(Must(Must(ReadJournal(folder.place()))->Runs()).empty());
}

TEST_CASE("journal file: a folder that cannot be made is refused") {
  const JournalFolder folder;
  std::ofstream(folder.path() + "/file") << "x";
  for (const char* name : {"/file", "/file/state"}) {
    const auto opened = OpenJournal({folder.path() + name}, "test");
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().kind == ErrorKind::kRefused);
    CHECK_THAT(opened.error().message, ContainsSubstring(folder.path() + "/file"));
    CHECK_THAT(opened.error().message, ContainsSubstring("--state-dir"));
  }
}

TEST_CASE("journal file: a folder that cannot be written is refused") {
  const JournalFolder folder;
  MakeJournal(folder);
  // Root may write anywhere: then another user tries.
  CHECK(InChild([&] {
          chmod(folder.path().c_str(), 0755);
          chmod(folder.place().dir.c_str(), 0555);
          if (geteuid() == 0 && seteuid(65534) != 0) return 0;
          return KindOf(OpenJournal(folder.place(), "test")) == ErrorKind::kRefused ? 0 : 1;
        }) == 0);
}

TEST_CASE("journal file: a full disk is temporary, and what was saved before stays") {
  const JournalFolder folder;
  CHECK(InChild([&] {
          const auto store = Opened(folder.place());
          const auto run = Must(store->OpenRun(SomeRun()));
          Migrate(*run, "1", "text", 1);
          signal(SIGXFSZ, SIG_IGN);
          const rlimit small{400'000, 400'000};
          setrlimit(RLIMIT_FSIZE, &small);
          const std::string big(300'000, 'b');
          ScanRecord record = NewDocument("2", "other");
          record.backup->blob = big;
          const auto saved = run->RecordScan(std::vector{record});
          return !saved.ok() && saved.error().kind == ErrorKind::kLocal &&
                         saved.error().message.find("rerun resumes") != std::string::npos
                     ? 0
                     : 1;
        }) == 0);
  const auto run = Must(Opened(folder.place())->OpenRun(SomeRun()));
  const auto rows = Must(run->Rows(std::vector<std::string_view>{"1", "2"}));
  CHECK(rows[0].has_value());
  CHECK_FALSE(rows[1].has_value());
}

TEST_CASE("journal file: all who save together are told that the disk is full") {
  const JournalFolder folder;
  CHECK(InChild([&] {
          const auto store = Opened(folder.place());
          const auto run = Must(store->OpenRun(SomeRun()));
          signal(SIGXFSZ, SIG_IGN);
          const rlimit small{400'000, 400'000};
          setrlimit(RLIMIT_FSIZE, &small);
          std::atomic<int> told = 0;
          const auto save = [&](int i) {
            const std::vector<EmbeddedText> texts = {
                {HashText(std::to_string(i)), std::make_shared<const Embedding>(100'000, 0.5F)}};
            const auto saved = run->SaveVectors(texts);
            if (!saved.ok() && saved.error().kind == ErrorKind::kLocal) ++told;
          };
          {
            std::vector<std::jthread> workers;
            for (int i = 0; i < 12; ++i) workers.emplace_back(save, i);
          }
          return told == 12 ? 0 : 1;
        }) == 0);
  const auto run = Must(Opened(folder.place())->OpenRun(SomeRun()));
  const std::vector<TextHash> texts = {HashText("0"), HashText("11")};
  CHECK(Must(run->Paid(texts)) == std::vector<bool>{false, false});
}
