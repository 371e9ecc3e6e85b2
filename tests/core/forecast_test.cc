#include "reembed/core/forecast.h"

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

// 100 requests of 10 texts and 600 tokens each.
constexpr EmbedWork kWork{.documents = 1200, .texts = 1000, .tokens = 60'000, .requests = 100};

CollectionPlan PlanOf(StrategyChoice strategy, std::vector<StageTime> stages) {
  CollectionPlan plan;
  plan.documents = 2000;
  plan.strategy = strategy;
  StrategyOption option;
  option.strategy = strategy;
  option.stages = std::move(stages);
  plan.options = {option};
  return plan;
}

EmbedPace PaceOf(std::optional<double> tokens, std::optional<double> requests,
                 std::optional<double> seconds) {
  EmbedPace pace{
      .granted = {}, .counts_texts = false, .request_seconds = seconds, .concurrency = 8};
  pace.granted.tokens_per_minute = tokens;
  pace.granted.requests_per_minute = requests;
  return pace;
}

}  // namespace

TEST_CASE("forecast: the slowest of tokens, requests and latency is what embedding takes") {
  const auto tokens = ForetellEmbedding(kWork, PaceOf(6'000, 100, 0.5));
  CHECK(tokens->seconds == 600);
  CHECK(tokens->limiting == "the provider's tokens per minute");
  const auto requests = ForetellEmbedding(kWork, PaceOf(60'000'000, 50, 0.5));
  CHECK(requests->seconds == 120);
  CHECK(requests->limiting == "the provider's requests per minute");
  const auto latency = ForetellEmbedding(kWork, PaceOf(60'000'000, 60'000, 0.5));
  CHECK(latency->seconds == 6.25);
  CHECK(latency->limiting == "the provider's latency");
}

TEST_CASE("forecast: a quota of texts counts texts") {
  EmbedPace pace = PaceOf(std::nullopt, 100, std::nullopt);
  pace.counts_texts = true;
  CHECK(ForetellEmbedding(kWork, pace)->seconds == 600);
  CHECK(ForetellEmbedding(kWork, pace)->limiting == "the provider's texts per minute");
}

TEST_CASE("forecast: no more requests at a time than there are, or than are granted") {
  const EmbedWork one{.documents = 1, .texts = 1, .tokens = 5, .requests = 1};
  CHECK(ForetellEmbedding(one, PaceOf({}, {}, 0.5))->seconds == 0.5);
  EmbedPace pace = PaceOf({}, {}, 0.5);
  pace.granted.concurrency = 2;
  CHECK(ForetellEmbedding(kWork, pace)->seconds == 25);
}

TEST_CASE("forecast: in place embeds and writes at once, the longer one counts") {
  const CollectionPlan plan = PlanOf(StrategyChoice::kInPlace, {{"write", 40}});
  const TimeForecast time = ForetellTime(kWork, PaceOf({}, {}, 0.5), plan, 1000);
  CHECK(time.store_seconds == 20);  // half of the documents are written
  CHECK(time.seconds == 20);
  CHECK(time.limiting == "writing into the live index");
  CHECK(ForetellTime(kWork, PaceOf({}, {}, 8), plan, 1000).seconds == 100);
}

TEST_CASE("forecast: a rebuild does one after the other, the longest part is named") {
  const CollectionPlan plan =
      PlanOf(StrategyChoice::kRebuild, {{"drop", 1}, {"write", 5}, {"add", 30}});
  const TimeForecast time = ForetellTime(kWork, PaceOf({}, {}, 0.8), plan, 1200);
  CHECK(time.embed_seconds == 10);
  CHECK(time.seconds == 46);
  CHECK(time.limiting == "building the new index");
}

TEST_CASE("forecast: what is not known is not guessed") {
  const CollectionPlan plan = PlanOf(StrategyChoice::kAlias, {{"fill", 30}});
  const TimeForecast time = ForetellTime(kWork, PaceOf({}, {}, {}), plan, 1200);
  CHECK_FALSE(time.seconds.has_value());
  CHECK(time.limiting.empty());
  CHECK(time.store_seconds == 30);
  const TimeForecast least = ForetellTime(kWork, PaceOf(60'000, {}, {}), plan, 1200);
  CHECK(least.seconds == 90);
  CHECK(least.at_least);
}

TEST_CASE("forecast: nothing to embed and nothing to write takes no time") {
  const CollectionPlan plan = PlanOf(StrategyChoice::kInPlace, {{"write", 40}});
  const TimeForecast time = ForetellTime({}, PaceOf({}, {}, {}), plan, 0);
  CHECK(time.seconds == 0);
  CHECK_FALSE(time.at_least);
  CHECK(time.limiting.empty());
}

TEST_CASE("forecast: collections add up, one that is not known makes the sum unknown") {
  const CollectionPlan plan = PlanOf(StrategyChoice::kInPlace, {{"write", 40}});
  Forecast a{kWork, 0.5, ForetellTime(kWork, PaceOf({}, {}, 8), plan, 1200)};
  const Forecast b{kWork, 0.25, ForetellTime(kWork, PaceOf(300, {}, 8), plan, 1200)};
  const Forecast sum = a + b;
  CHECK(sum.work.tokens == 120'000);
  CHECK(sum.usd == 0.75);
  CHECK(sum.time.seconds == 12'100);
  CHECK(sum.time.limiting == "the provider's tokens per minute");
  a.usd.reset();
  a.time.seconds.reset();
  CHECK_FALSE((a + b).usd.has_value());
  CHECK_FALSE((a + b).time.seconds.has_value());
}

TEST_CASE("forecast: requests by the tighter of inputs and tokens") {
  CHECK(RequestsFor(1000, 60'000, {.max_texts = 100, .max_tokens = 0}) == 10);
  CHECK(RequestsFor(1000, 60'001, {.max_texts = 100, .max_tokens = 3'000}) == 21);
  CHECK(RequestsFor(0, 0, {.max_texts = 100, .max_tokens = 3'000}) == 0);
}
