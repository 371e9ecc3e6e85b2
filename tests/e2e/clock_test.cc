// Runs on a machine whose time of day is wrong, or is set meanwhile.
#include "story_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr long kDay = 86'400;

void SetClock(DocsStage& stage, long shift_days) {
  stage.environment["LD_PRELOAD"] = REEMBED_CLOCK_SHIFT;
  stage.environment["ASAN_OPTIONS"] = "verify_asan_link_order=0";  // gcc's, loaded second
  stage.environment["CLOCK_SHIFT_SECONDS"] = std::to_string(shift_days * kDay);
}

}  // namespace

TEST_CASE("clock: a run while the time of day jumps by a year, either way") {
  const long jump_days = GENERATE(-365, 365);
  DocsStage stage;
  stage.options.provider.latency = std::chrono::milliseconds(100);
  stage.AddCollection("docs", 8, PlainDocuments(300, 8));
  const std::string before = stage.Exported();
  SetClock(stage, 0);
  stage.environment["CLOCK_JUMP_SECONDS"] = std::to_string(jump_days * kDay);
  stage.environment["CLOCK_JUMP_FILE"] = stage.folder().path() + "/jump";
  const auto run = stage.MigrateUntil(2, {"--concurrency", "1", "--output", "json"});
  stage.folder().Write("jump", "");
  const Json report = Json::parse(run->Wait().out);
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
