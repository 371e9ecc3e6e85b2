#include <signal.h>

#include <fmt/format.h>

#include <array>

#include "story_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

const std::vector<std::string> kBack = {"rollback", "--yes"};

// Four elements in the spellings that clients and servers have left behind.
constexpr auto kSpellings = std::to_array<const char*>(
    {"[0.1,0.25,1e-07,3.4028235e+38]",                                        // shortest float32
     "[0.12345678901234568,0.30000000000000004,-0.7071067811865476,1e-300]",  // double
     "[0.10000000149011612,0.20000000298023224,-0.699999988079071,0.25]",     // widened float32
     "[1,0,0,0]", "[1.0,0.0,-0.0,0]", "[0,-1,2.5,1.0]", "[-0.0,0,16777217,9007199254740993]",
     "[1e-45,-1.5e-10,1.5e+20,2e0]", "[0.1,0.10000000149011612,1,0.30000000000000004]"});

/// One document for each spelling, one without the field; `with(vector)` is the rest of its object.
template <typename With>
std::string Spelled(With with) {
  std::string lines;
  int number = 0;
  for (const char* const vector : kSpellings) {
    lines += fmt::format(R"({{"id":"s{0}","title":"spelled {0}",{1}}})", number++, with(vector));
    lines += '\n';
  }
  return lines + R"({"id":"none","title":"without a vector"})";
}

void Create(Stage& stage, const std::string& schema, const std::string& lines) {
  stage.typesense().CreateCollection(schema);
  const std::string answer =
      stage.typesense().Import(Json::parse(schema).at("name"), lines, "create");
  INFO(answer);
  REQUIRE(answer.find("\"success\":false") == std::string::npos);
}

void AddSpelledCollections(Stage& stage) {
  Create(stage,
         R"({"name":"flat","fields":[{"name":"title","type":"string"},
             {"name":"vec","type":"float[]","num_dim":4,"optional":true}]})",
         Spelled([](const char* vector) { return fmt::format(R"("n":1.0,"vec":{})", vector); }));
  Create(stage,
         R"({"name":"nested","enable_nested_fields":true,"fields":[{"name":"title","type":"string"},
             {"name":"meta","type":"object","optional":true},
             {"name":"meta.vec","type":"float[]","num_dim":4,"optional":true}]})",
         Spelled([](const char* vector) {
           return fmt::format(R"("meta":{{"a":[1,2.0],"vec":{},"z":{{"k":1e-07}}}})", vector);
         }) + "\n" +
             R"({"id":"empty-meta","title":"nothing in it","meta":{"kept":1}})");
  Create(stage,
         R"({"name":"dotted","fields":[{"name":"title","type":"string"},
             {"name":"meta.vec","type":"float[]","num_dim":4,"optional":true}]})",
         Spelled([](const char* vector) { return fmt::format(R"("meta.vec":{})", vector); }));
  stage.Configure(R"({
      "flat": {"embedding_field": "vec", "text_fields": ["title"]},
      "nested": {"embedding_field": "meta.vec", "text_fields": ["title"]},
      "dotted": {"embedding_field": "meta.vec", "text_fields": ["title"]}})");
}

const Json& DocsOf(const Json& report) {
  return report.at("collections").at("docs");
}

}  // namespace

TEST_CASE("rollback: every spelling of a vector comes back byte for byte") {
  Stage stage;
  stage.options.empty = true;
  AddSpelledCollections(stage);
  std::map<std::string, std::string> before;
  for (const char* const name : {"flat", "nested", "dotted"}) {
    before[name] = stage.typesense().ExportAll(name);
  }
  const Ended run = stage.Run({"--dimensions", "4", "--progress", "none"});
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  for (const auto& [name, exported] : before) CHECK(stage.typesense().ExportAll(name) != exported);
  const Ended back = stage.Run(kBack);
  INFO(back.out << back.err);
  CHECK(back.exit_code == 0);
  for (const auto& [name, exported] : before) CHECK(stage.typesense().ExportAll(name) == exported);
}

TEST_CASE("rollback: after an interrupted run and its rerun, itself killed once") {
  DocsStage stage;
  stage.options.provider.latency = std::chrono::milliseconds(20);
  stage.options.typesense.write_delay = std::chrono::microseconds(300);
  stage.AddCollection("docs", 8, DistinctDocuments(600));
  const std::string before = stage.Exported();
  const auto run = stage.MigrateUntil(4, {"--concurrency", "1"});
  run->Signal(SIGINT);
  REQUIRE(run->Wait().exit_code == 130);
  REQUIRE(stage.Exported() != before);
  REQUIRE(stage.Migrate().exit_code == 0);
  REQUIRE(stage.Right() == 600);
  const std::size_t writes = stage.Writes();
  const auto back = stage.Start(kBack);
  REQUIRE(WaitUntil([&] { return stage.Writes() > writes; }));
  back->Signal(SIGKILL);
  REQUIRE(back->Wait().exit_code == 128 + SIGKILL);
  REQUIRE(stage.Exported() != before);
  CHECK(stage.Run(kBack).exit_code == 0);
  CHECK(stage.Exported() == before);
  CHECK(stage.Paid() == 600);
}

TEST_CASE("rollback: documents edited and added during the run keep the edit, not our vector") {
  const std::string edit = R"({"id":"d1","title":"edited while it ran"}
{"id":"d2","title":"edited with a vector","vec":[9,9,9,9,9,9,9,9.5]}
{"id":"late","title":"added while it ran","vec":[1,0.5,0,0,0,0,0,-0.0]})";
  DocsStage stage;
  stage.options.provider.latency = std::chrono::milliseconds(50);
  stage.AddCollection("docs", 8, DistinctDocuments(300));
  const auto run = stage.MigrateUntil(3, {"--concurrency", "1"});
  REQUIRE(WaitUntil([&] { return stage.Writes() > 0; }));
  stage.Edit(edit);
  const Ended ended = run->Wait();
  INFO(ended.out << ended.err);
  REQUIRE(ended.exit_code == 0);
  REQUIRE(stage.Right() == 301);
  REQUIRE(stage.Run(kBack).exit_code == 0);
  const Documents after = stage.Export("docs");
  CHECK(after.at("d0").dump() == ParseExport(DistinctDocuments(300)).at("d0").dump());
  CHECK(after.at("d1").at("title") == "edited while it ran");
  CHECK(after.at("d1").at("vec") == ParseExport(DistinctDocuments(300)).at("d1").at("vec"));
  CHECK(after.at("late").at("vec").dump() == "[1,0.5,0,0,0,0,0,-0.0]");
  // Ours was there before, and of the two old ones the first is the backup.
  CHECK(after.at("d2").at("vec") == ParseExport(DistinctDocuments(300)).at("d2").at("vec"));
}

TEST_CASE("rollback: of two models, to the first one and to the beginning") {
  DocsStage stage;
  stage.AddCollection("docs", 8, DistinctDocuments(50));
  const std::string before = stage.Exported();
  REQUIRE(stage.Migrate().exit_code == 0);
  const std::string first = stage.Exported();
  REQUIRE(stage.Migrate({"--model", "text-embedding-3-large"}).exit_code == 0);
  REQUIRE(stage.Exported() != first);
  const auto ids = RunIds(stage);
  REQUIRE(ids.size() == 2);

  SECTION("the default undoes the latest run, the next one the one before") {
    CHECK(stage.Run(kBack).exit_code == 0);
    CHECK(stage.Exported() == first);
    CHECK(stage.Run(kBack).exit_code == 0);
    CHECK(stage.Exported() == before);
    const Ended again = stage.Run(kBack);
    CHECK(again.exit_code == 0);
    CHECK_THAT(again.out, ContainsSubstring("rolled back already"));
    CHECK(stage.Exported() == before);
  }
  SECTION("--run with the first id goes to the beginning at once") {
    const Json report = Report(stage, {"rollback", "--yes", "--run", ids.at(1)});
    CHECK(DocsOf(report).at("runs").size() == 2);
    CHECK(DocsOf(report).at("restored") == 50);
    CHECK(stage.Exported() == before);
  }
}

TEST_CASE("rollback: what the application has written since is left alone and listed") {
  DocsStage stage;
  stage.AddCollection("docs", 8, DistinctDocuments(20));
  const Documents before = stage.Export("docs");
  REQUIRE(stage.Migrate().exit_code == 0);
  stage.Edit(R"({"id":"d3","vec":[3,3,3,3,3,3,3,3.5]}
{"id":"d4","vec":null})");
  const Documents edited = stage.Export("docs");
  const Ended text = stage.Run({"rollback", "--dry-run"});
  CHECK_THAT(text.out, ContainsSubstring("id 'd3'"));
  const Json report = Report(stage, kBack);
  CHECK(report.at("exit_code") == 3);
  CHECK(DocsOf(report).at("restored") == 18);
  CHECK(DocsOf(report).at("left_alone") == 2);
  std::map<std::string, std::string> left;
  for (const Json& entry : DocsOf(report).at("documents")) {
    left[entry.at("id")] = entry.at("kind").get<std::string>();
  }
  CHECK(left == std::map<std::string, std::string>{{"d3", "not_ours"}, {"d4", "removed"}});
  for (const auto& [id, document] : stage.Export("docs")) {
    CHECK(document.dump() == (id == "d3" || id == "d4" ? edited : before).at(id).dump());
  }
}

TEST_CASE("rollback: asking, planning and naming wrongly change nothing") {
  DocsStage stage;
  stage.AddCollection("docs", 8, DistinctDocuments(20));
  REQUIRE(stage.Migrate().exit_code == 0);
  const std::string migrated = stage.Exported();
  const std::size_t writes = stage.Writes();
  const std::string journal = stage.folder().Read(".reembed/journal.db");
  const Json plan = Report(stage, {"rollback", "--dry-run"});
  CHECK(plan.at("exit_code") == 0);
  CHECK(DocsOf(plan).at("to_restore") == 20);
  CHECK(stage.folder().Read(".reembed/journal.db") == journal);
  const Ended asked = stage.Run({"rollback"});
  CHECK(asked.exit_code == 2);
  CHECK_THAT(asked.err, ContainsSubstring("--yes"));
  const Ended wrong = stage.Run({"rollback", "--yes", "--run", "nonsense"});
  CHECK(wrong.exit_code == 2);
  CHECK_THAT(wrong.out + wrong.err, ContainsSubstring("nonsense"));
  CHECK_THAT(wrong.out + wrong.err, ContainsSubstring(RunIds(stage).at(0)));
  CHECK(stage.Exported() == migrated);
  CHECK(stage.Writes() == writes);
  CHECK(stage.Run(kBack).exit_code == 0);
}

TEST_CASE("rollback: a run without backups is refused, and says why") {
  DocsStage stage(20);
  REQUIRE(stage.Migrate({"--no-backup"}).exit_code == 0);
  const std::string migrated = stage.Exported();
  const Ended back = stage.Run(kBack);
  CHECK(back.exit_code == 4);
  CHECK_THAT(back.out + back.err, ContainsSubstring("--no-backup"));
  CHECK(stage.Exported() == migrated);
}

TEST_CASE("rollback: the first backup stays, whatever a rerun finds, and a run after it is free") {
  DocsStage stage;
  stage.AddCollection("docs", 8, DistinctDocuments(40));
  const std::string before = stage.Exported();
  REQUIRE(stage.Migrate().exit_code == 0);
  const std::string migrated = stage.Exported();
  stage.Edit(R"({"id":"d7","vec":[7,7,7,7,7,7,7,7.5]})");
  const Ended rerun = stage.Migrate();
  CHECK(rerun.exit_code == 0);
  CHECK(stage.Exported() == migrated);
  REQUIRE(RunIds(stage).size() == 1);
  CHECK(stage.Run(kBack).exit_code == 0);
  CHECK(stage.Exported() == before);
  CHECK(stage.Migrate().exit_code == 0);
  CHECK(stage.Exported() == migrated);
  CHECK(stage.Paid() == 40);
  // The new run has its own backups.
  CHECK(stage.Run(kBack).exit_code == 0);
  CHECK(stage.Exported() == before);
}
