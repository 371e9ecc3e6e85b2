#include <cmath>
#include <string>

#include "fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr std::size_t kDocuments = 2'000;
constexpr double kUsdPerToken = 0.0001;  // 100 USD per million tokens

// What the sandbox bills for all documents is about 4 to 6 thousand tokens.
void Prepare(Stage& stage, const char* price = ", \"usd_per_million_tokens\": 100") {
  stage.options.empty = true;
  stage.AddCollection("docs", 16, PlainDocuments(kDocuments, 16));
  stage.folder().Write("config/reembed.json", std::string(R"({"embedding": {"concurrency": 4)") +
                                                  price +
                                                  R"(}, "collections": {"docs":
                           {"embedding_field": "vec", "text_fields": ["title"]}}})");
}

std::size_t Billed(Stage& stage) {
  std::size_t texts = 0;
  for (const auto& [text, times] : stage.sandbox().provider().texts_billed()) texts += times;
  return texts;
}

}  // namespace

TEST_CASE("max cost: a run ends before the cap, what is paid is written, a rerun pays the rest") {
  Stage stage;
  Prepare(stage);
  const Json whole = stage.RunForReport({"--dry-run", "--dimensions", "16"});
  const double foretold = whole.at("totals").at("cost_foretold_usd");
  CHECK(whole.at("collections").at("docs").at("plan").at("limiting_stage").is_string());
  const double cap = foretold / 2;

  const Ended stopped =
      stage.Run({"--dimensions", "16", "--max-cost", std::to_string(cap), "--output", "json"});
  CHECK(stopped.exit_code == 6);
  const Json report = Json::parse(stopped.out);
  const Json& docs = report.at("collections").at("docs");
  const double cost = docs.at("cost_usd");
  CAPTURE(foretold, cap, cost);
  CHECK(cost <= cap);
  CHECK(cost >= 0.7 * cap);  // the last request is one of a hundred texts or so
  CHECK(std::abs(cost - docs.at("tokens").get<double>() * kUsdPerToken) < 1e-6);
  CHECK_THAT(docs.at("message").get<std::string>(),
             ContainsSubstring("stopped before --max-cost $"));
  CHECK(docs.at("success") == docs.at("embedded"));
  CHECK(RightVectors(stage.Export("docs"), 16) == docs.at("embedded").get<std::size_t>());

  const Json rest = stage.RunForReport({"--dimensions", "16"});
  CHECK(rest.at("exit_code") == 0);
  CHECK(RightVectors(stage.Export("docs"), 16) == kDocuments);
  // The probe of the dry run is the one text more.
  CHECK(Billed(stage) == kDocuments + 1);
}

TEST_CASE("max cost: nothing allows what is free, and only that") {
  Stage stage;
  Prepare(stage);
  CHECK(stage.Run({"--dimensions", "16", "--max-cost", "0"}).exit_code == 6);
  CHECK(Billed(stage) == 0);
  CHECK(stage.Run({"--dimensions", "16"}).exit_code == 0);
  CHECK(stage.Run({"--dimensions", "16", "--max-cost", "0"}).exit_code == 0);
  CHECK(stage.Run({"rollback", "--yes", "--dimensions", "16"}).exit_code == 0);
  CHECK(stage.Run({"--dimensions", "16", "--max-cost", "0"}).exit_code == 0);
  CHECK(RightVectors(stage.Export("docs"), 16) == kDocuments);
  CHECK(Billed(stage) == kDocuments);
}

TEST_CASE("max cost: where the vendor's model is served by another, its price is an assumption") {
  Stage stage;
  Prepare(stage, "");
  const Json report = stage.RunForReport({"--dry-run", "--dimensions", "16"});
  CHECK(report.at("price").at("assumed") == true);
  CHECK(report.at("price").at("usd_per_million_tokens") == 0.02);
  const Ended shown = stage.Run({"--dry-run", "--dimensions", "16"});
  CHECK_THAT(shown.out, ContainsSubstring("charges the same"));
}
