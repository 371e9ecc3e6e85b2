// Rollback among several runs, collections and troubles.
#include <signal.h>

#include "story_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

const std::vector<std::string> kBack = {"rollback", "--yes"};
constexpr const char* kOtherModel = "text-embedding-3-large";

}  // namespace

TEST_CASE("rollback: of a second model's run that was interrupted") {
  DocsStage stage;
  stage.options.provider.latency = std::chrono::milliseconds(20);
  stage.AddCollection("docs", 8, DistinctDocuments(400));
  const std::string before = stage.Exported();
  REQUIRE(stage.Migrate().exit_code == 0);
  const std::string first = stage.Exported();
  const auto run = stage.MigrateUntil(4, {"--model", kOtherModel, "--concurrency", "1"});
  run->Signal(SIGINT);
  REQUIRE(run->Wait().exit_code == 130);
  REQUIRE((stage.Exported() != first));
  SECTION("to the first model") {
    CHECK(stage.Run(kBack).exit_code == 0);
    CHECK((stage.Exported() == first));
  }
  SECTION("to the beginning") {
    const std::string id = RunIds(stage).at(1);
    CHECK(stage.Run({"rollback", "--yes", "--run", id}).exit_code == 0);
    CHECK((stage.Exported() == before));
  }
}

TEST_CASE("rollback: among runs of which one kept no backups") {
  DocsStage stage;
  stage.AddCollection("docs", 8, DistinctDocuments(30));
  const std::string before = stage.Exported();
  SECTION("the second: only the first one's beginning can be had") {
    REQUIRE(stage.Migrate().exit_code == 0);
    REQUIRE(stage.Migrate({"--model", kOtherModel, "--no-backup"}).exit_code == 0);
    const std::string second = stage.Exported();
    CHECK(stage.Run(kBack).exit_code == 4);
    CHECK((stage.Exported() == second));
    const std::string id = RunIds(stage).at(1);
    const Ended ended = stage.Run({"rollback", "--yes", "--run", id});
    CHECK(ended.exit_code == 0);
    CHECK_THAT(ended.out, ContainsSubstring("--no-backup"));
    CHECK((stage.Exported() == before));
  }
  SECTION("the first: only the second one's beginning") {
    REQUIRE(stage.Migrate({"--no-backup"}).exit_code == 0);
    const std::string first = stage.Exported();
    REQUIRE(stage.Migrate({"--model", kOtherModel}).exit_code == 0);
    const std::string id = RunIds(stage).at(1);
    CHECK(stage.Run({"rollback", "--yes", "--run", id}).exit_code == 4);
    CHECK(stage.Run(kBack).exit_code == 0);
    CHECK((stage.Exported() == first));
  }
}

TEST_CASE("rollback: of a run with --limit touches what it wrote") {
  DocsStage stage;
  stage.AddCollection("docs", 8, DistinctDocuments(30));
  const std::string before = stage.Exported();
  REQUIRE(stage.Migrate({"--limit", "10"}).exit_code == 0);
  const Json report = Report(stage, kBack);
  INFO(report.dump(2));
  CHECK(report.at("exit_code") == 0);
  CHECK(report.at("collections").at("docs").at("restored") == 10);
  CHECK((stage.Exported() == before));
  CHECK(stage.Migrate().exit_code == 0);
  CHECK(stage.Paid() == 30);
  CHECK(stage.Right() == 30);
}

TEST_CASE("rollback: through a store that cuts exports, drops answers and answers short") {
  DocsStage stage;
  stage.folder().Write("config/reembed.json",
                       R"({"typesense": {"retry_interval_seconds": 0.1}, "collections": )" +
                           std::string(kDocs) + "}");
  stage.AddCollection("docs", 8, DistinctDocuments(600));
  const std::string before = stage.Exported();
  REQUIRE(stage.Migrate().exit_code == 0);
  auto& controls = stage.typesense().controls();
  controls.CutNextExport(100);
  controls.DropConnectionAfterNextImport(1);
  controls.ShortImportAnswer(sandbox::ShortAnswer::kOneLineFewer, 1);
  const Ended ended = stage.Run(kBack);
  INFO(ended.out << ended.err);
  CHECK(ended.exit_code == 0);
  CHECK((stage.Exported() == before));
}

TEST_CASE("rollback: of one collection leaves the other, and both share a run's id") {
  DocsStage stage(20);
  stage.AddCollection("more", 8, PlainDocuments(20, 8));
  stage.Configure(R"({"docs": {"embedding_field": "vec", "text_fields": ["title"]},
                      "more": {"embedding_field": "vec", "text_fields": ["title"]}})");
  const std::string before = stage.Exported();
  REQUIRE(stage.Migrate().exit_code == 0);
  CHECK(stage.Paid() == 20);
  const std::string migrated = stage.typesense().ExportAll("more");
  const auto ids = RunIds(stage);
  CHECK(ids.at(0) == ids.at(1));
  CHECK(stage.Run({"rollback", "--yes", "--collections", "docs"}).exit_code == 0);
  CHECK((stage.Exported() == before));
  CHECK((stage.typesense().ExportAll("more") == migrated));
  CHECK(stage.Run({"rollback", "--yes", "--run", ids.at(0), "--collections", "more"}).exit_code ==
        0);
  CHECK((stage.typesense().ExportAll("more") == before));
}

TEST_CASE("rollback: interrupted in the middle, a run instead of another rollback ends it well") {
  DocsStage stage;
  stage.options.typesense.write_delay = std::chrono::milliseconds(1);
  stage.AddCollection("docs", 8, DistinctDocuments(400));
  const std::string before = stage.Exported();
  REQUIRE(stage.Migrate().exit_code == 0);
  const std::string migrated = stage.Exported();
  const std::size_t writes = stage.Writes();
  const auto back = stage.Start(kBack);
  REQUIRE(WaitUntil([&] { return stage.Writes() > writes + 2; }));
  back->Signal(SIGINT);
  const Ended ended = back->Wait();
  INFO(ended.out << ended.err);
  REQUIRE(ended.exit_code == 130);
  CHECK_THAT(ended.out, ContainsSubstring("reembed rollback"));
  CHECK(stage.Migrate().exit_code == 0);
  CHECK((stage.Exported() == migrated));
  CHECK(stage.Paid() == 400);
  CHECK(stage.Run(kBack).exit_code == 0);
  CHECK((stage.Exported() == before));
}
