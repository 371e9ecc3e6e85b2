// status, verify and doctor, and the JSON of every verb.
#include <signal.h>

#include <filesystem>

#include "story_support.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

const std::vector<std::string> kVerify = {"verify", "--dimensions", "8"};
const std::vector<std::string> kDoctor = {"doctor", "--dimensions", "8"};

std::vector<std::string> operator+(std::vector<std::string> all,
                                   const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const Json& DocsOf(const Json& report) {
  return report.at("collections").at("docs");
}

/// The problems of a doctor's report, a line each.
std::string Problems(const Json& report) {
  std::string problems;
  for (const Json& check : report.at("checks")) {
    if (check.at("level") != "problem") continue;
    problems += check.at("what").get<std::string>() + "; " + check.at("remedy").dump() + "\n";
  }
  return problems;
}

/// Documents of all verbs, and what their schemas say to them.
class SchemaCheck {
 public:
  explicit SchemaCheck(DocsStage& stage) : stage_(stage) {}

  /// Runs the verb and keeps what it prints.
  void Add(const std::string& schema, std::vector<std::string> arguments, int exit_code) {
    arguments.insert(arguments.end(), {"--output", "json"});
    const Ended ended = stage_.Run(std::move(arguments));
    INFO(ended.out << ended.err);
    CHECK(ended.exit_code == exit_code);
    Keep(schema, ended.out);
  }
  void Keep(const std::string& schema, const std::string& document) {
    const std::string name = "document" + std::to_string(command_.size()) + ".json";
    command_.push_back(REEMBED_SOURCE_DIR "/config/" + schema + ".schema.json");
    command_.push_back(stage_.folder().Write(name, document));
  }
  std::string Problems() {
    return Process(std::vector<std::string>{REEMBED_PYTHON,
                                            REEMBED_SOURCE_DIR "/tests/e2e/check_documents.py"} +
                       command_,
                   {}, stage_.folder().path())
        .Wait()
        .out;
  }

 private:
  DocsStage& stage_;
  std::vector<std::string> command_;
};

}  // namespace

TEST_CASE("json: what each verb prints is one document that its schema accepts") {
  DocsStage stage;
  stage.options.provider.latency = std::chrono::milliseconds(50);
  stage.AddCollection("docs", 8, PlainDocuments(120, 8));
  SchemaCheck check(stage);
  check.Add("status", {"status"}, 0);
  check.Add("verify", kVerify, 3);
  check.Add("rollback", {"rollback", "--dry-run"}, 0);
  check.Add("doctor", kDoctor, 0);
  check.Add("report", {"--dimensions", "8", "--dry-run"}, 0);
  const auto run = stage.MigrateUntil(1, {"--concurrency", "1", "--output", "json"});
  run->Signal(SIGSTOP);  // it stays in the middle, with its lock, however slow the readers are
  // Readers need no lock.
  check.Add("doctor", kDoctor, 0);
  check.Add("status", {"status"}, 0);
  check.Add("report", {"--dimensions", "8", "--dry-run", "--no-probe"}, 0);
  CHECK_FALSE(run->HasEnded());
  run->Signal(SIGINT);
  run->Signal(SIGCONT);
  const Ended interrupted = run->Wait();
  CHECK(interrupted.exit_code == 130);
  check.Keep("report", interrupted.out);
  check.Add("status", {"status"}, 0);
  check.Add("verify", kVerify, 3);
  check.Add("report", {"--dimensions", "8"}, 0);
  stage.Edit(R"({"id":"d3","vec":[3,3,3,3,3,3,3,3.5]})");
  check.Add("verify", kVerify + std::vector<std::string>{"--recompute", "5"}, 3);
  check.Add("rollback", {"rollback", "--dry-run"}, 0);
  check.Add("rollback", {"rollback", "--yes"}, 3);
  check.Add("rollback", {"rollback", "--yes"}, 0);
  check.Add("status", {"status", "--prune", "--yes"}, 0);
  stage.environment["OPENAI_API_KEY"] = "wrong-key";
  check.Add("doctor", kDoctor, 4);
  check.Add("report", {"--dimensions", "8", "--force"}, 4);
  CHECK(check.Problems() == "\n");
}

TEST_CASE("status: before any run there is nothing, and nothing is made") {
  DocsStage stage(5);
  const Ended ended = stage.Run({"status"});
  CHECK(ended.exit_code == 0);
  CHECK_THAT(ended.out, ContainsSubstring("no run"));
  CHECK(Report(stage, {"status"}).at("exists") == false);
  CHECK(stage.Run({"status", "--prune", "--yes"}).exit_code == 0);
  CHECK_FALSE(std::filesystem::exists(stage.folder().path() + "/.reembed"));
}

TEST_CASE("status: after an interruption it tells what is left and what a rerun would do") {
  DocsStage stage;
  stage.options.provider.latency = std::chrono::milliseconds(100);
  stage.AddCollection("docs", 8, PlainDocuments(400, 8));
  const auto run = stage.MigrateUntil(3, {"--concurrency", "1"});
  run->Signal(SIGKILL);
  run->Wait();
  const Json target = Report(stage, {"status"}).at("targets").at(0);
  CHECK(target.at("runs").at(0).at("state") == "open");
  CHECK(target.at("runs").at(0).at("ended_at").is_null());
  CHECK(target.at("runs").at(0).at("backups") == 400);
  CHECK(target.at("pending") > 0);
  CHECK(target.at("written") > 0);
  CHECK(target.at("pending").get<int>() + target.at("embedded").get<int>() +
            target.at("written").get<int>() ==
        400);
  CHECK_FALSE(target.at("rerun").get<std::string>().empty());
  // What is open stays.
  CHECK(Report(stage, {"status", "--prune", "--yes"})
            .at("targets")
            .at(0)
            .at("runs")
            .at(0)
            .at("backups") == 400);
  CHECK(stage.Migrate().exit_code == 0);
  CHECK(Report(stage, {"status"}).at("targets").at(0).at("written") == 400);
}

TEST_CASE("status: --prune asks, removes, and ends the way back; hashes stay") {
  DocsStage stage(50);
  REQUIRE(stage.Migrate().exit_code == 0);
  const std::string migrated = stage.Exported();
  const Ended asked = stage.Run({"status", "--prune"});
  CHECK(asked.exit_code == 2);
  CHECK_THAT(asked.err, ContainsSubstring("--yes"));
  const Json pruned = Report(stage, {"status", "--prune", "--yes"}).at("pruned");
  CHECK(pruned.at("backups") == 50);
  CHECK(pruned.at("vectors") == 50);
  const Ended back = stage.Run({"rollback", "--yes"});
  CHECK(back.exit_code == 4);
  CHECK_THAT(back.out + back.err, ContainsSubstring("removed"));
  CHECK(stage.Run(kVerify).exit_code == 0);
  const std::size_t writes = stage.Writes();
  CHECK(stage.Migrate().exit_code == 0);
  CHECK(stage.Writes() == writes);
  CHECK(stage.Paid() == 50);
  CHECK((stage.Exported() == migrated));
}

TEST_CASE("verify: all is well after a run") {
  DocsStage stage(100);
  REQUIRE(stage.Migrate().exit_code == 0);
  const Json report = Report(stage, kVerify);
  CHECK(report.at("exit_code") == 0);
  CHECK(DocsOf(report).at("counts").at("match") == 100);
  CHECK(DocsOf(report).at("index").at("found") == DocsOf(report).at("index").at("checked"));
  CHECK(DocsOf(report).at("index").at("checked") > 0);
  CHECK(DocsOf(report).at("recomputed").is_null());
  CHECK(stage.Paid() == 100);
}

TEST_CASE("verify: finds a foreign vector, a stale text, a missing vector and a new document") {
  DocsStage stage(100);
  REQUIRE(stage.Migrate().exit_code == 0);
  stage.Edit(R"({"id":"d1","vec":[3,3,3,3,3,3,3,3.5]}
{"id":"d2","title":"another text"}
{"id":"d3","vec":null}
{"id":"late","title":"came later","vec":[1,0,0,0,0,0,0,0]})");
  const std::size_t writes = stage.Writes();
  const Json report = Report(stage, kVerify + std::vector<std::string>{"--sample", "0"});
  CHECK(report.at("exit_code") == 3);
  const Json& counts = DocsOf(report).at("counts");
  CHECK(counts.at("documents") == 101);
  CHECK(counts.at("match") == 97);
  CHECK(counts.at("differ") == 1);
  CHECK(counts.at("stale_text") == 1);
  CHECK(counts.at("missing") == 1);
  CHECK(counts.at("new_since") == 1);
  CHECK(DocsOf(report).at("index").is_null());
  std::map<std::string, std::string> found;
  for (const Json& difference : DocsOf(report).at("differences")) {
    found[difference.at("id")] = difference.at("finding").get<std::string>();
  }
  CHECK(found ==
        std::map<std::string, std::string>{
            {"d1", "differ"}, {"d2", "stale_text"}, {"d3", "missing"}, {"late", "new_since"}});
  CHECK(stage.Writes() == writes);
  // What it found, a rerun sets right.
  REQUIRE(stage.Migrate().exit_code == 0);
  CHECK(stage.Paid() == 102);
  CHECK(stage.Run(kVerify).exit_code == 0);
}

TEST_CASE("verify: --recompute embeds so many texts again and compares them") {
  DocsStage stage(100);
  REQUIRE(stage.Migrate().exit_code == 0);
  const auto recompute = kVerify + std::vector<std::string>{"--recompute", "5"};
  const Json report = Report(stage, recompute);
  CHECK(report.at("exit_code") == 0);
  CHECK(DocsOf(report).at("recomputed").at("compared") == 5);
  CHECK(DocsOf(report).at("recomputed").at("differing") == 0);
  CHECK(stage.Paid() == 105);
  std::string others;
  for (int i = 0; i < 100; ++i) {
    others += R"({"id":"d)" + std::to_string(i) + R"(","vec":[1,2,3,4,5,6,7,-8.5]})" + "\n";
  }
  stage.Edit(others);
  const Json differing = Report(stage, recompute);
  CHECK(differing.at("exit_code") == 3);
  CHECK(DocsOf(differing).at("recomputed").at("differing") == 5);
  CHECK(stage.Paid() == 110);
  stage.environment["OPENAI_API_KEY"] = "wrong-key";
  const Ended refused = stage.Run(recompute);
  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.out, ContainsSubstring("OPENAI_API_KEY"));
}

TEST_CASE("doctor: healthy, before and after a run, and nothing is made") {
  DocsStage stage(20);
  const Json before = Report(stage, kDoctor);
  INFO(before.dump(2));
  CHECK(before.at("exit_code") == 0);
  CHECK(before.at("problems") == 0);
  CHECK_FALSE(std::filesystem::exists(stage.folder().path() + "/.reembed"));
  REQUIRE(stage.Migrate().exit_code == 0);
  CHECK(Report(stage, kDoctor).at("exit_code") == 0);
  CHECK(stage.Writes() > 0);
}

TEST_CASE("doctor: a node that is down beside one that is up is a warning, for a run goes on") {
  DocsStage stage(20);
  stage.environment["TYPESENSE_NODES"] = "http://127.0.0.1:1," + stage.typesense().url();
  const Json report = Report(stage, kDoctor);
  INFO(report.dump(2));
  CHECK(report.at("exit_code") == 0);
  CHECK(report.at("warnings") == 1);
  CHECK_THAT(report.at("checks").dump(), ContainsSubstring("node 127.0.0.1:1 is not healthy"));
}

TEST_CASE("doctor: names what is wrong with a remedy") {
  DocsStage stage(20);
  stage.folder().Write("config/reembed.json",
                       R"({"typesense": {"num_retries": 1, "retry_interval_seconds": 0.1},
                           "collections": )" +
                           std::string(kDocs) + "}");
  std::string named;
  SECTION("the provider's key") {
    stage.environment["OPENAI_API_KEY"] = "wrong-key";
    named = "OPENAI_API_KEY";
  }
  SECTION("the store's key") {
    stage.environment["TYPESENSE_API_KEY"] = "wrong-key";
    named = "TYPESENSE_API_KEY";
  }
  SECTION("a collection that is not there") {
    stage.typesense().RemoveCollection("docs");
    named = "docs";
  }
  SECTION("no node that is up") {
    stage.environment["TYPESENSE_NODES"] = "http://127.0.0.1:1";
    named = "127.0.0.1:1";
  }
  SECTION("a journal that is damaged") {
    stage.folder().Write(".reembed/journal.db", "a text");
    named = ".reembed/journal.db";
  }
  const Json report = Report(stage, kDoctor);
  INFO(report.dump(2));
  CHECK(report.at("exit_code") == 4);
  CHECK_THAT(Problems(report), ContainsSubstring(named));
  CHECK(Problems(report).find("; null") == std::string::npos);
}
