#include "fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

// Exit 4 within five seconds and two requests, with the remedy in the message.
void CheckRefused(Stage& stage, const std::string& remedy) {
  const Ended ended = stage.Run({});
  CHECK(ended.exit_code == 4);
  CHECK(ended.seconds < 5);
  CHECK(stage.sandbox().provider().requests().size() <= 2);
  CHECK_THAT(ended.out, ContainsSubstring(remedy));
}

}  // namespace

TEST_CASE("refusal: a wrong OpenAI key") {
  Stage stage;
  stage.environment = {{"OPENAI_API_KEY", "wrong-key"}};
  CheckRefused(stage, "OPENAI_API_KEY");
}

TEST_CASE("refusal: a wrong Google key, answered with 400") {
  Stage stage;
  stage.environment = {{"EMBEDDING_FAMILY", "google"},
                       {"EMBEDDING_MODEL", "gemini-embedding-001"},
                       {"GOOGLE_API_KEY", "wrong-key"}};
  CheckRefused(stage, "GOOGLE_API_KEY");
}

TEST_CASE("refusal: no credit") {
  Stage stage;
  stage.options.provider.modes.no_credit = true;
  CheckRefused(stage, "quota");
}

TEST_CASE("refusal: a model that does not exist") {
  Stage stage;
  stage.environment = {{"EMBEDDING_MODEL", "text-embedding-9"}};
  CheckRefused(stage, "text-embedding-9");
}

TEST_CASE("refusal: the dry run finds it out too") {
  Stage stage;
  stage.environment = {{"OPENAI_API_KEY", "wrong-key"}};
  CHECK(stage.Run({"--dry-run"}).exit_code == 4);
}

TEST_CASE("refusal: a daily quota is exit 5 and says when it resets") {
  Stage stage;
  stage.options.provider.modes.daily_quota = true;
  stage.environment = {{"EMBEDDING_FAMILY", "google"}, {"EMBEDDING_MODEL", "gemini-embedding-001"}};
  const Ended ended = stage.Run({"--max-wait", "1s"});
  CHECK(ended.exit_code == 5);
  CHECK_THAT(ended.out, ContainsSubstring("--max-wait"));
}

TEST_CASE("refusal: a strategy that cannot be taken stops in the plan, nothing is spent") {
  Stage stage;
  const std::string before = stage.typesense().ExportAll("instructions");
  CHECK(stage.Run({"--strategy", "in-place", "--dimensions", "128"}).exit_code == 4);
  CHECK(stage.Run({"--strategy", "alias"}).exit_code == 4);
  CHECK(stage.sandbox().provider().requests().empty());
  CHECK(stage.typesense().ExportAll("instructions") == before);
}

TEST_CASE("refusal: a collection that is missing is exit 4, the others are done") {
  Stage stage;
  stage.Configure(R"({
    "absent": {"embedding_field": "vec", "text_fields": ["title"]},
    "context_stores": {"embedding_field": "prompt_embedding", "text_fields": ["prompt_text"]}})");
  const Json report = stage.RunForReport({});
  CHECK(report.at("exit_code") == 4);
  CHECK(report.at("collections").at("absent").at("status") == "error");
  CHECK(report.at("collections").at("context_stores").at("success") == 12);
}

TEST_CASE("refusal: a wrong Typesense key names the variable") {
  Stage stage;
  stage.environment = {{"TYPESENSE_API_KEY", "wrong-key"}};
  const Ended ended = stage.Run({});
  CHECK(ended.exit_code == 4);
  CHECK_THAT(ended.out, ContainsSubstring("TYPESENSE_API_KEY"));
  CHECK(stage.sandbox().provider().requests().empty());
}

TEST_CASE("refusal: Typesense down is exit 5 naming host and port") {
  Stage stage;
  stage.environment = {{"TYPESENSE_PORT", "1"}};
  stage.folder().Write("config/reembed.json",
                       R"({"typesense": {"num_retries": 1, "retry_interval_seconds": 0.1}})");
  const Ended ended = stage.Run({});
  CHECK(ended.exit_code == 5);
  CHECK_THAT(ended.out, ContainsSubstring("127.0.0.1:1"));
}

TEST_CASE("refusal: --max-failures is exit 6") {
  Stage stage;
  stage.options.provider.modes.refuse_text = "sales";
  const Ended ended = stage.Run({"--max-failures", "1"});
  CHECK(ended.exit_code == 6);
}
