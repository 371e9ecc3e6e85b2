#include "src/io/journal/sqlite.h"

#include "journal_fixture.h"
#include "src/io/journal/sqlite_errors.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

std::unique_ptr<Database> InMemory() {
  auto database = Must(Database::Open("/dir/journal.db", {}, OpenMode::kMemory));
  database->Execute("CREATE TABLE t(x PRIMARY KEY)");
  return database;
}

struct CodeRow {
  int code;
  ErrorKind kind;
  const char* remedy;
};

}  // namespace

TEST_CASE("sqlite errors: every code has a kind and a remedy") {
  const std::vector<CodeRow> table = {
      {11, ErrorKind::kRefused, "Move the folder /dir away"},                // CORRUPT
      {11 | 1 << 8, ErrorKind::kRefused, "nothing in Typesense is"},         // CORRUPT_VTAB
      {26, ErrorKind::kRefused, "Move the folder /dir away"},                // NOTADB
      {1, ErrorKind::kRefused, "Move the folder /dir away"},                 // ERROR: no such table
      {14, ErrorKind::kRefused, "--state-dir"},                              // CANTOPEN
      {8, ErrorKind::kRefused, "--state-dir"},                               // READONLY
      {8 | 4 << 8, ErrorKind::kRefused, "--state-dir"},                      // READONLY_DBMOVED
      {3, ErrorKind::kRefused, "--state-dir"},                               // PERM
      {13, ErrorKind::kLocal, "make room; a rerun resumes"},                 // FULL
      {10, ErrorKind::kLocal, "a rerun resumes"},                            // IOERR
      {10 | 4 << 8, ErrorKind::kLocal, "a rerun resumes"},                   // IOERR_FSYNC
      {10 | 33 << 8, ErrorKind::kLocal, "look after the disk"},              // IOERR_CORRUPTFS
      {10 | 12 << 8, ErrorKind::kLocal, "not enough memory"},                // IOERR_NOMEM
      {7, ErrorKind::kLocal, "not enough memory"},                           // NOMEM
      {5, ErrorKind::kLocal, "another program holds the journal"},           // BUSY
      {5 | 2 << 8, ErrorKind::kLocal, "another program holds the journal"},  // BUSY_SNAPSHOT
      {15, ErrorKind::kLocal, "another program holds the journal"},          // PROTOCOL
  };
  for (const CodeRow& row : table) {
    const Error error = SqliteError(row.code, "/dir/journal.db", "said\nso");
    INFO(row.code);
    CHECK(error.kind == row.kind);
    CHECK_THAT(error.message, ContainsSubstring(row.remedy));
    CHECK_THAT(error.message, ContainsSubstring("/dir/journal.db"));
    CHECK(error.message.find('\n') == std::string::npos);
  }
}

TEST_CASE("sqlite errors: codes that only a bug causes are thrown") {
  CHECK_THROWS_AS(SqliteError(21, "f", "misuse"), std::logic_error);
  CHECK_THROWS_AS(SqliteError(25, "f", "range"), std::logic_error);
  CHECK_THROWS_AS(SqliteError(19, "f", "constraint"), std::logic_error);
}

TEST_CASE("sqlite: the first error sticks, and nothing of its transaction stays") {
  const auto database = InMemory();
  Transaction transaction(*database, Transaction::Kind::kWrite);
  database->Execute("INSERT INTO t VALUES(1)");
  database->Execute("INSERT INTO nowhere VALUES(1)");
  CHECK_FALSE(database->ok());
  Statement after(*database, "INSERT INTO t VALUES(2) RETURNING x");
  CHECK_FALSE(after.Bind().Step());
  const Status done = transaction.Commit();
  REQUIRE_FALSE(done.ok());
  CHECK_THAT(done.error().message, ContainsSubstring("no such table: nowhere"));
  CHECK(database->ok());
}

TEST_CASE("sqlite: a transaction that is not committed is undone") {
  const auto database = InMemory();
  {
    const Transaction transaction(*database, Transaction::Kind::kWrite);
    database->Execute("INSERT INTO t VALUES(1)");
  }
  CHECK(database->Number("SELECT count(*) FROM t") == 0);
  Transaction transaction(*database, Transaction::Kind::kWrite);
  database->Execute("INSERT INTO t VALUES(1)");
  Must(transaction.Commit());
  CHECK(database->Number("SELECT count(*) FROM t") == 1);
}

TEST_CASE("sqlite: no room left is temporary") {
  const auto database = InMemory();
  database->Execute("PRAGMA max_page_count=5");
  Transaction transaction(*database, Transaction::Kind::kWrite);
  database->Execute("INSERT INTO t VALUES(zeroblob(100000))");
  const Status done = transaction.Commit();
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().kind == ErrorKind::kLocal);
  CHECK_THAT(done.error().message, ContainsSubstring("no room left"));
  CHECK(database->Number("SELECT count(*) FROM t") == 0);
}

TEST_CASE("sqlite: values come back as they were bound") {
  const auto database = InMemory();
  Statement echo(*database, "SELECT ?, ?, ?, ?, ?, ?");
  const std::string with_nul("a\0b", 3);
  const TextHash hash{0x0123456789abcdef, 0xfedcba9876543210};
  const Embedding vector{1.5F, -0.25F};
  echo.Bind(with_nul, std::string_view(), hash, Statement::AsBytes(vector), -7,
            std::optional<std::int64_t>());
  REQUIRE(echo.Step());
  CHECK(echo.View(0) == with_nul);
  CHECK_FALSE(echo.IsNull(1));
  CHECK(echo.Hash(2) == hash);
  CHECK(echo.View(2).substr(0, 3) == "\x01\x23\x45");
  CHECK(echo.Vector(3) == vector);
  CHECK(echo.View(3) == std::string("\x00\x00\xc0\x3f\x00\x00\x80\xbe", 8));
  CHECK(echo.Int(4) == -7);
  CHECK(echo.IsNull(5));
  CHECK_FALSE(echo.Hash(5).has_value());
  CHECK(database->ok());
}

TEST_CASE("sqlite: a hash or a vector of an impossible length is damage") {
  const auto database = InMemory();
  Statement echo(*database, "SELECT x'0102', x'010203'");
  REQUIRE(echo.Bind().Step());
  CHECK_FALSE(echo.Hash(0).has_value());
  CHECK(database->TakeStatus().error().kind == ErrorKind::kRefused);
  CHECK(echo.Vector(1).empty());
  CHECK(database->TakeStatus().error().kind == ErrorKind::kRefused);
}

TEST_CASE("sqlite: the version is known") {
  CHECK_THAT(SqliteVersion(), ContainsSubstring("3."));
}
