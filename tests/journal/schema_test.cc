#include "src/io/journal/schema.h"

#include "journal_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr SchemaStep kFirst{1, "CREATE TABLE a(x); INSERT INTO a VALUES(1)"};
constexpr SchemaStep kSecond{2, "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1"};
constexpr SchemaStep kThird{3, "CREATE TABLE b(x)"};
constexpr SchemaStep kBroken{3, "CREATE TABLE b(x); INSERT INTO nowhere VALUES(1)"};

std::unique_ptr<Database> Reopened(const TempFolder& folder) {
  std::ofstream(folder.path() + "/x.db", std::ios::app);
  return Must(Database::Open(folder.path() + "/x.db", {}, OpenMode::kWrite));
}

}  // namespace

TEST_CASE("schema: the released steps make an empty file current") {
  const TempFolder folder;
  const auto database = Reopened(folder);
  CHECK(Must(Inspect(*database, SchemaSteps())) == FileState::kEmpty);
  Must(Prepare(*database, SchemaSteps()));
  CHECK(Must(Inspect(*database, SchemaSteps())) == FileState::kCurrent);
  CHECK(database->Number("PRAGMA user_version") == 1);
  CHECK(database->Number("PRAGMA application_id") == 0x52454d42);
  CHECK(database->Number("PRAGMA page_size") == 32768);
  CHECK(database->Number("PRAGMA auto_vacuum") == 2);
  CHECK(database->Number("PRAGMA synchronous") == 2);
  CHECK(database->Number("SELECT journal_mode='wal' FROM pragma_journal_mode") == 1);
}

TEST_CASE("schema: an older file goes through the steps that it lacks") {
  const TempFolder folder;
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
  const TempFolder folder;
  const std::vector<SchemaStep> old{kFirst}, now{kFirst, kSecond, kBroken};
  Must(Prepare(*Reopened(folder), old));
  CHECK_FALSE(Prepare(*Reopened(folder), now).ok());
  const auto database = Reopened(folder);
  CHECK(Must(Inspect(*database, old)) == FileState::kCurrent);
  CHECK(database->Number("SELECT count(*) FROM pragma_table_info('a')") == 1);
}

TEST_CASE("schema: a process that dies within a step leaves nothing of it") {
  const TempFolder folder;
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
