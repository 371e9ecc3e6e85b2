#include <filesystem>
#include <fstream>

#include "story_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

namespace fs = std::filesystem;

void Overwrite(const std::string& path, std::uint64_t from, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(from));
  file << bytes;
}

int Sql(const DocsStage& stage, const std::string& statement) {
  const std::string script = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nc.execute('" +
                             statement + "')\nc.commit()\nc.close()\n";
  return Process({REEMBED_PYTHON, "-c", script, stage.StateFile("journal.db")}, {}, "/")
      .Wait()
      .exit_code;
}

}  // namespace

TEST_CASE("damaged journal: it is refused with a way out, nothing is touched") {
  DocsStage stage(200);
  REQUIRE(stage.Migrate().exit_code == 0);
  const std::string migrated = stage.Exported();
  const std::string journal = stage.StateFile("journal.db");
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

TEST_CASE("damaged journal: a vector that the disk has spoilt is embedded anew, not written") {
  DocsStage stage(200);
  const std::string before = stage.Exported();
  REQUIRE(stage.Migrate().exit_code == 0);
  std::string journal = stage.folder().Read(".reembed/journal.db");
  // The stored form of one vector: eight floats.
  const auto vector = OpenAiVector("orders of region 7 by month", 8);
  const std::string bytes(reinterpret_cast<const char*>(vector.data()), 8 * sizeof(float));
  const auto at = journal.find(bytes);
  REQUIRE(at != std::string::npos);
  Overwrite(stage.StateFile("journal.db"), at + 4, "\x01\x02");
  stage.typesense().RemoveCollection("docs");
  stage.AddCollection("docs", 8, before);
  const Ended ended = stage.Migrate();
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(stage.Right() == 200);
  CHECK(stage.Paid() == 201);
}
