#include "src/io/journal/schema.h"

#include "journal_fixture.h"
#include "src/io/journal/documents.h"
#include "src/io/journal/vector_table.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr SchemaStep kFirst{1, "CREATE TABLE a(x); INSERT INTO a VALUES(1)"};
constexpr SchemaStep kSecond{2, "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1"};
constexpr SchemaStep kThird{3, "CREATE TABLE b(x)"};
constexpr SchemaStep kBroken{3, "CREATE TABLE b(x); INSERT INTO nowhere VALUES(1)"};

std::unique_ptr<Database> Reopened(const JournalFolder& folder) {
  std::ofstream(folder.path() + "/x.db", std::ios::app);
  return Must(Database::Open(folder.path() + "/x.db", {}, OpenMode::kWrite));
}

// The file in its place, as the program of that version made it.
std::unique_ptr<Database> JournalOfVersion(std::size_t version, const JournalFolder& folder) {
  std::filesystem::create_directories(folder.place().dir);
  std::ofstream(folder.file(), std::ios::app);
  auto database = Must(Database::Open(folder.file(), {}, OpenMode::kWrite));
  Must(Prepare(*database, SchemaSteps().first(version)));
  return database;
}

}  // namespace

TEST_CASE("schema: the released steps make an empty file current") {
  const JournalFolder folder;
  const auto database = Reopened(folder);
  CHECK(Must(Inspect(*database, SchemaSteps())) == FileState::kEmpty);
  Must(Prepare(*database, SchemaSteps()));
  CHECK(Must(Inspect(*database, SchemaSteps())) == FileState::kCurrent);
  CHECK(database->Number("PRAGMA user_version") == 4);
  CHECK(database->Number("PRAGMA application_id") == 0x52454d42);
  CHECK(database->Number("PRAGMA page_size") == 32768);
  CHECK(database->Number("PRAGMA auto_vacuum") == 2);
  CHECK(database->Number("PRAGMA synchronous") == 2);
  CHECK(database->Number("SELECT journal_mode='wal' FROM pragma_journal_mode") == 1);
}

TEST_CASE("schema: an older file goes through the steps that it lacks") {
  const JournalFolder folder;
  const std::vector<SchemaStep> old{kFirst}, now{kFirst, kSecond, kThird};
  Must(Prepare(*Reopened(folder), old));
  const auto database = Reopened(folder);
  CHECK(Must(Inspect(*database, now)) == FileState::kOlder);
  Must(Prepare(*database, now));
  CHECK(Must(Inspect(*database, now)) == FileState::kCurrent);
  CHECK(database->Number("SELECT y FROM a") == 2);
  CHECK(database->Number("SELECT count(*) FROM a") == 1);
}

TEST_CASE("schema: a step that fails undoes those before it") {
  const JournalFolder folder;
  const std::vector<SchemaStep> old{kFirst}, now{kFirst, kSecond, kBroken};
  Must(Prepare(*Reopened(folder), old));
  CHECK_FALSE(Prepare(*Reopened(folder), now).ok());
  const auto database = Reopened(folder);
  CHECK(Must(Inspect(*database, old)) == FileState::kCurrent);
  CHECK(database->Number("SELECT count(*) FROM pragma_table_info('a')") == 1);
}

TEST_CASE("schema: a process that dies within a step leaves nothing of it") {
  const JournalFolder folder;
  const std::vector<SchemaStep> old{kFirst};
  Must(Prepare(*Reopened(folder), old));
  InChild([&] {
    const auto database = Reopened(folder);
    const Transaction transaction(*database, Transaction::Kind::kWrite);
    database->Execute(kSecond.sql);
    database->Execute("PRAGMA user_version=2");
    _exit(0);
    return 0;
  });
  const auto database = Reopened(folder);
  CHECK(database->Number("PRAGMA user_version") == 1);
  CHECK(database->Number("SELECT count(*) FROM pragma_table_info('a')") == 1);
}

TEST_CASE("schema: a file of version 1 is brought up to date with what it holds") {
  const JournalFolder folder;
  {
    const auto database = JournalOfVersion(1, folder);
    CHECK(database->Number("PRAGMA user_version") == 1);
    database->Execute(
        "INSERT INTO targets VALUES(1, 'books', 1700000000, 'vec', 4);"
        "INSERT INTO documents VALUES(1, 'old', 2, 4, 1, zeroblob(16), zeroblob(16), 1, 1, 3, 2, "
        "5, NULL, NULL, NULL)");
    Must(database->TakeStatus());
  }
  const auto read = ReadJournal(folder.place());
  REQUIRE_FALSE(read.ok());
  CHECK_THAT(read.error().message, ContainsSubstring("older version"));
  {
    const auto store = Opened(folder.place());
    Cutover cutover;
    Must(store->SaveCutover(cutover));
    CHECK(Must(store->Cutovers()) == std::vector{cutover});
    CHECK(Must(store->CountsOf(SomeRun().target)).written == 1);
    const auto run = Must(store->OpenRun(SomeRun()));
    CHECK(Must(run->CopyCount()) == 0);
    Must(run->SaveOutcomes(std::vector{DocumentOutcome{.id = "old", .copy = TextHash{7, 8}}}));
    CHECK(Must(run->CopyCount()) == 1);
  }
  const auto database = Must(Database::Open(folder.file(), {}, OpenMode::kWrite));
  CHECK(Must(Inspect(*database, SchemaSteps())) == FileState::kCurrent);
  CHECK(database->Number("PRAGMA user_version") == 4);
  DocumentTable table(*database, 1);
  const auto row = table.Find("old");
  REQUIRE(row);
  CHECK(row->pass == 4);
  CHECK(row->written);
  CHECK(row->attempts == 5);
  CHECK(row->copy == TextHash{7, 8});
  CHECK_FALSE(row->spelling);
}

TEST_CASE("schema: vectors of version 2 are known by text and by hash afterwards") {
  const JournalFolder folder;
  const auto database = JournalOfVersion(2, folder);
  Statement put(*database, "INSERT INTO vectors VALUES(1, ?, ?, 0, NULL)");
  put.Bind(TextHash{1, 1}, VectorHash{5, 5}).Run();
  put.Bind(TextHash{2, 2}, VectorHash{4, 4}).Run();
  put.Bind(TextHash{3, 3}, VectorHash{5, 5}).Run();  // two texts, one vector
  Statement(*database, "INSERT INTO former_hashes VALUES(?)").Bind(VectorHash{6, 6}).Run();
  Must(database->TakeStatus());
  Must(Prepare(*database, SchemaSteps()));
  const std::vector<VectorHash> asked = {{4, 4}, {5, 5}, {6, 6}, {7, 7}};
  CHECK(WereKept(*database, asked) == std::vector{true, true, true, false});
  CHECK(VectorTable(*database, 1).Known({2, 2})->hash == VectorHash{4, 4});
  Must(database->TakeStatus());
}
