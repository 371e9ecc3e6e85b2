#include "fixture.h"
#include "tests/sandbox/provider_faults.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr const char* kDocs = R"({"docs": {"embedding_field": "vec", "text_fields": ["title"]}})";

}  // namespace

TEST_CASE("faults: with a bit of everything going wrong all is right in the end") {
  Stage stage;
  stage.options.empty = true;
  const auto faults = sandbox::ParseFaults(
      "429=10,500=5,reset=3,cut=2,bad-json=2,missing-item=2,nan=1,wrong-length=1,shuffle=50");
  REQUIRE(faults.ok());
  stage.options.provider.faults = *faults;
  stage.AddCollection("docs", 8, PlainDocuments(3000, 8));
  stage.Configure(kDocs);
  const Json report = stage.RunForReport({"--dimensions", "8"});
  CHECK(report.at("exit_code") == 0);
  const Json& docs = report.at("collections").at("docs");
  CHECK(docs.at("success") == 3000);
  CHECK(docs.at("provider_retries") > 0);
  CHECK(RightVectors(stage.Export("docs"), 8) == 3000);
}

TEST_CASE("faults: a compatible server without dimensions, base64 and large batches") {
  Stage stage;
  stage.options.empty = true;
  stage.options.provider.modes.no_base64 = true;
  stage.options.provider.modes.no_dimensions = true;
  stage.options.provider.modes.max_inputs = 5;
  stage.options.provider.modes.flat_errors = true;
  stage.options.provider.extra_models = {{"local-model", 6}};
  stage.AddCollection("docs", 6, PlainDocuments(100, 6));
  stage.Configure(kDocs);
  stage.environment = {{"EMBEDDING_MODEL", "local-model"}};
  const Json report = stage.RunForReport({"--dimensions", "6"});
  INFO(report.dump());
  CHECK(report.at("exit_code") == 0);
  CHECK(report.at("collections").at("docs").at("success") == 100);
}

TEST_CASE("faults: a store that is not ready for a while, drops answers and answers short") {
  Stage stage;
  stage.options.empty = true;
  stage.AddCollection("docs", 8, PlainDocuments(300, 8));
  stage.Configure(kDocs);
  stage.typesense().controls().AnswerNotReady(2, /*only_writes=*/true);
  stage.typesense().controls().DropConnectionAfterNextImport(1);
  stage.typesense().controls().ShortImportAnswer(sandbox::ShortAnswer::kLastLineBlank, 1);
  const Json report = stage.RunForReport({"--dimensions", "8"});
  CHECK(report.at("exit_code") == 0);
  CHECK(RightVectors(stage.Export("docs"), 8) == 300);
}

TEST_CASE("faults: a store without _seq_id order and with a key of few rights") {
  Stage stage;
  stage.options.empty = true;
  stage.AddCollection("docs", 8, PlainDocuments(600, 8));
  stage.Configure(kDocs);
  stage.typesense().controls().RefuseSeqIdSort(true);
  stage.typesense().controls().FailAuthFor("/aliases");
  const Json report = stage.RunForReport({"--dimensions", "8"});
  CHECK(report.at("exit_code") == 0);
  CHECK(RightVectors(stage.Export("docs"), 8) == 600);
}
