#include <filesystem>

#include "fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

// Exit 2, the file and the word named, and nobody contacted.
void CheckBroken(Stage& stage, const std::string& named, const std::string& word,
                 std::vector<std::string> arguments = {}) {
  const Ended ended = stage.Run(std::move(arguments));
  CHECK(ended.exit_code == 2);
  CHECK_THAT(ended.err, ContainsSubstring(named));
  CHECK_THAT(ended.err, ContainsSubstring(word));
  CHECK(ended.out.empty());
  CHECK(stage.typesense().requests().empty());
  CHECK(stage.sandbox().provider().requests().empty());
}

void CheckBrokenFile(const std::string& text, const std::string& word) {
  Stage stage;
  stage.folder().Write("config/reembed.json", text);
  CheckBroken(stage, "config/reembed.json", word);
}

void CheckBrokenVariable(const std::string& name, const std::string& value) {
  Stage stage;
  stage.environment[name] = value;
  CheckBroken(stage, name, name);
}

}  // namespace

TEST_CASE("configuration: broken files are named with their key") {
  CheckBrokenFile(R"({"embeding": {}})", "embedding");
  CheckBrokenFile(R"({"update": {}, "update": {}})", "/update");
  CheckBrokenFile(R"({"update": {"target_ms": "fast"}})", "/update/target_ms");
  CheckBrokenFile(R"({"typesense": {"api_key": "xyz-secret"}})", "TYPESENSE_API_KEY");
  CheckBrokenFile("collections: []", "JSON");
  CheckBrokenFile(R"({"embedding": {"concurrency": -1}})", "/embedding/concurrency");
  CheckBrokenFile(R"({"collections": {"a": {"embedding_field": "v", "text_fields": []}}})",
                  "/collections/a/text_fields");
  CheckBrokenFile(R"({"collections": {"a": {"embedding_field": "v", "text_fields": ["t"],
                      "template": "{t}"}}})",
                  "template");
  CheckBrokenFile(R"({"typesense": {"nodes": ["not a url"]}})", "/typesense/nodes");
}

TEST_CASE("configuration: broken variables are named") {
  CheckBrokenVariable("EMBEDDING_FAMILY", "opnai");
  CheckBrokenVariable("EMBEDDING_DIMENSIONS", "0");
  CheckBrokenVariable("OPENAI_BASE_URL", "ftp://host");
  CheckBrokenVariable("TYPESENSE_PORT", "port");
}

TEST_CASE("configuration: a missing family and a missing key are named together") {
  Stage stage;
  stage.environment = {{"EMBEDDING_FAMILY", ""}, {"TYPESENSE_API_KEY", ""}};
  CheckBroken(stage, "EMBEDDING_FAMILY", "TYPESENSE_API_KEY");
}

TEST_CASE("configuration: an unreadable file and a broken .env line") {
  Stage stage;
  CheckBroken(stage, "absent.json", "absent.json", {"--config", "absent.json"});
  CheckBroken(stage, "/", "directory", {"--config", "/"});
  stage.folder().Write(".env", "A=1\nthis is no line\n");
  CheckBroken(stage, ".env", "2");
}

TEST_CASE("configuration: an unknown collection lists the known ones") {
  Stage stage;
  CheckBroken(stage, "instruction", "context_stores", {"--collections", "instruction"});
}

TEST_CASE("configuration: options of no version and of later ones are usage errors") {
  Stage stage;
  CheckBroken(stage, "--frobnicate", "--help", {"--frobnicate"});
  CheckBroken(stage, "--max-cost", "--help", {"--max-cost"});
  CheckBroken(stage, "--max-cost", "an amount", {"--max-cost", "much"});
}

TEST_CASE("configuration: a cap on the cost needs a price") {
  Stage stage;
  stage.options.provider.extra_models = {{"house-model", 8}};
  CheckBroken(stage, "--max-cost", "usd_per_million_tokens",
              {"--max-cost", "1", "--model", "house-model"});
}

TEST_CASE("configuration: retire asks before it deletes, so it needs a terminal or --yes") {
  Stage stage;
  CheckBroken(stage, "reembed retire", "--yes", {"retire"});
  CheckBroken(stage, "--allow-missing", "reembed run", {"retire", "--allow-missing"});
}

TEST_CASE("configuration: retire without a journal has nothing to do and makes none") {
  Stage stage;
  const Ended planned = stage.Run({"retire", "--dry-run"});
  CHECK(planned.exit_code == 0);
  CHECK_THAT(planned.out, ContainsSubstring("There is nothing to retire. Nothing was changed.\n"));
  const Ended done = stage.Run({"retire", "--yes", "--output", "json"});
  CHECK(done.exit_code == 0);
  const Json report = Json::parse(done.out);
  CHECK(report.at("dry_run") == false);
  CHECK(report.at("collections").at("instructions").at("status") == "nothing");
  CHECK(stage.Run({"retire", "--yes", "--collections", "nonsense"}).exit_code == 2);
  CHECK(stage.typesense().requests().empty());
  CHECK(stage.sandbox().provider().requests().empty());
  CHECK_FALSE(std::filesystem::exists(stage.folder().path() + "/.reembed"));
}

TEST_CASE("configuration: .env is read, the environment wins") {
  Stage stage;
  stage.folder().Write(".env", "EMBEDDING_DIMENSIONS=64\nexport EMBEDDING_MODEL='nonsense'\n");
  const Json report = stage.RunForReport({"--dry-run"});
  CHECK(report.at("embedding").at("model") == "text-embedding-3-small");
  CHECK(report.at("embedding").at("dimensions") == 256);
}

TEST_CASE("configuration: help and version go to stdout") {
  Stage stage;
  const Ended help = stage.Run({"--help"});
  CHECK(help.exit_code == 0);
  CHECK_THAT(help.out, ContainsSubstring("--collections"));
  CHECK_THAT(stage.Run({"--version"}).out, ContainsSubstring("reembed 0.1.0 (libcurl"));
}
