#include "src/app/run_forecast.h"

#include <fmt/format.h>

#include "run_fixture.h"
#include "src/app/long_text.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

/// Keeps what was foretold.
class ForetellingReporter final : public Reporter {
 public:
  std::vector<std::pair<std::string, Forecast>> foretold;
  void Begin(const RunHeader&) override {}
  void ShowPlan(const PlannedCollection&) override {}
  void Started(const CollectionPlan&) override {}
  void Foretold(const std::string& collection, const Forecast& forecast) override {
    foretold.emplace_back(collection, forecast);
  }
  void Finished(const CollectionReport&) override {}
  void End(const RunReport&) override {}
};

struct ForecastFixture {
  FakeEmbedder embedder;
  Pricing pricing{.price = Price{0.5, "2026-01-01"}, .assumed = false, .server = {}};
  FakeClock clock;
  SilentLog log;
  ForetellingReporter reporter;
  SilentProgress progress;
  RunForecast forecast{embedder,
                       {.pricing = pricing,
                        .limits = {.max_texts = 10},
                        .counts_texts = false,
                        .workers = 2,
                        .clock = clock,
                        .log = log,
                        .reporter = reporter,
                        .display = progress}};

  void Embed(const std::string& text) {
    Batch batch;
    batch.texts.push_back({HashText(text), text});
    const VectorSink sink = [](std::span<const EmbeddedText>) -> Status { return {}; };
    REQUIRE(forecast.Embed(batch, {}, sink, {}).ok());
  }
};

TextShape Texts(std::size_t count, const std::string& text) {
  TextShape shape;
  for (std::size_t i = 0; i < count; ++i) shape += ShapeOf(text);
  return shape;
}

}  // namespace

TEST_CASE("run forecast: the first scan is foretold, later ones are not") {
  ForecastFixture run;
  CollectionPlan plan;
  plan.config.name = "a";
  run.forecast.Begin(plan);
  run.forecast.Counted(120, Texts(100, "twelve bytes"), 150);
  run.forecast.Counted(7, Texts(7, "twelve bytes"), 7);
  REQUIRE(run.reporter.foretold.size() == 1);
  CHECK(run.reporter.foretold[0].first == "a");
  const Forecast& forecast = run.reporter.foretold[0].second;
  CHECK(forecast.work.documents == 120);
  CHECK(forecast.work.texts == 100);
  CHECK(forecast.work.requests == 10);
  CHECK(forecast.work.tokens == TokenEstimate{}.TokensIn(Texts(100, "twelve bytes")));
  CHECK(*forecast.usd == static_cast<double>(forecast.work.tokens) * 0.5 / 1e6);
}

TEST_CASE("run forecast: of an over-long text only what is sent of it costs") {
  const TextShape whole = ShapeOf(std::string(4'000, 'x'));
  const auto tokens = [&](LongTextRule rule, std::uint64_t longest) {
    return TokenEstimate{}.TokensIn(ShapeSent(whole, rule, longest));
  };
  CHECK(tokens(LongTextRule::kTruncate, 0) == 401);
  CHECK(tokens(LongTextRule::kTruncate, 401) == 401);
  CHECK(tokens(LongTextRule::kTruncate, 60) == 60);
  CHECK(ShapeSent(whole, LongTextRule::kTruncate, 60).texts == 1);
  CHECK(tokens(LongTextRule::kAverage, 60) == 401);
  CHECK(ShapeSent(whole, LongTextRule::kFail, 60).texts == 0);
}

TEST_CASE("run forecast: in a run, too, and again after two percent") {
  RunFixture run;
  run.Add("a", 20);
  for (std::size_t i = 0; i < 20; ++i) {
    run.store.collections["a"].documents[i].json =
        fmt::format(R"({{"id":"{}","title":"{} {}"}})", i, std::string(4'000, 'x'), i);
  }
  run.provider.max_text_tokens = 60;
  const RunReport report = run.Run();
  REQUIRE(report.collections.at(0).forecast);
  CHECK(report.collections.at(0).forecast->work.texts == 20);
  CHECK(report.collections.at(0).forecast->work.tokens <= 1'200);
  CHECK(report.collections.at(0).forecast->work.tokens >= 1'140);
  CHECK(report.collections.at(0).tokens_foretold.value() < 20 * 401);
}

TEST_CASE("run forecast: nothing to pay for is not foretold") {
  ForecastFixture run;
  run.forecast.Begin({});
  run.forecast.Counted(0, {}, 12);
  CHECK(run.reporter.foretold.empty());
  CHECK_FALSE(run.forecast.SecondsLeft().has_value());
}

TEST_CASE("run forecast: after 2 % of the texts the bill so far and the estimate of the rest") {
  ForecastFixture run;  // its embedder bills 10 tokens a text
  run.forecast.Begin({});
  run.forecast.Counted(100, Texts(100, "twelve bytes"), 100);
  run.Embed("twelve bytes");
  CHECK_FALSE(run.forecast.End().tokens_foretold.has_value());
  run.Embed("twelve bytes");
  CHECK(run.forecast.End().tokens_foretold ==
        20 + TokenEstimate{}.TokensIn(Texts(98, "twelve bytes")));
}

TEST_CASE("run: the report holds what was foretold and what it cost") {
  RunFixture run;
  run.Add("a", 120);
  const RunReport report = run.Run();
  const CollectionReport& collection = report.collections.at(0);
  CHECK(collection.tokens == 1200);
  REQUIRE(collection.forecast.has_value());
  CHECK(collection.forecast->work.documents == 120);
  CHECK(collection.forecast->work.texts == 120);
  CHECK(collection.tokens_foretold.has_value());
  CHECK_FALSE(collection.cost_usd.has_value());  // the fixture knows no price
  CHECK(report.Spent().tokens == 1200);
}

TEST_CASE("run: when no more may be spent what is paid for is written, in every collection") {
  RunFixture run;
  run.workers = 1;
  run.batch_texts = 8;
  run.Add("a", 40);
  run.Add("b", 40);
  REQUIRE(run.Run().exit_code == 0);
  // "b" has the texts of "a": both are restored to old vectors, and one text of each is new.
  for (const char* name : {"a", "b"}) {
    run.store.collections[name].vectors.clear();
    run.store.collections[name].documents.front().json = R"({"title":"a new text"})";
  }
  const std::size_t paid = run.embedder.texts().size();
  run.embedder.call_error = [](std::size_t) -> std::optional<Error> {
    return Error{.kind = ErrorKind::kLimit, .message = "stopped before --max-cost $1.00"};
  };
  const RunReport report = run.Rerun();
  CHECK(report.exit_code == 6);
  CHECK(report.message == "stopped before --max-cost $1.00");
  CHECK(run.embedder.texts().size() == paid);
  CHECK(report.collections.at(0).counts.success == 39);
  CHECK(report.collections.at(1).counts.success == 39);
}
