#include "tests/resilience/quota_simulation.h"

#include <string>

#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

using sandbox::QuotaKind;

constexpr double kTokens = 1'000'000;
constexpr double kTexts = 3000;
constexpr std::uint32_t kSeeds = 3;

/// Requests of about a hundredth of a minute's tokens.
QuotaStory TokenStory() {
  QuotaStory story;
  story.limits = {.requests = 0, .tokens = kTokens};
  story.fewest_tokens = 2'000;
  story.most_tokens = 12'000;
  return story;
}

QuotaStory TextStory() {
  QuotaStory story;
  story.limits = {.requests = kTexts, .tokens = 0};
  story.telling = Telling::kRefusals;
  story.rules.counts_texts = true;
  story.fewest_texts = 10;
  story.most_texts = 30;
  return story;
}

/// The part of the quota that was used from one moment to another.
double Use(const QuotaSimulation& simulation, const sandbox::QuotaLimits& limits, double from,
           double to) {
  const QuotaSimulation::Sums sums = simulation.Between(from, to);
  const double minutes = (to - from) / 60;
  return limits.tokens > 0 ? sums.tokens / limits.tokens / minutes
                           : sums.texts / limits.requests / minutes;
}

/// At most one in two hundred, or `bearable`.
void CheckRare(const QuotaSimulation::Sums& sums, std::size_t bearable = 2) {
  CAPTURE(sums.requests, sums.refused);
  CHECK(sums.refused <= std::max(bearable, sums.requests / 200));
}

void CheckSteady(QuotaStory story) {
  for (story.seed = 1; story.seed <= kSeeds; ++story.seed) {
    CAPTURE(story.seed, static_cast<int>(story.kind));
    QuotaSimulation simulation(story);
    simulation.RunTo(360);
    CHECK(Use(simulation, story.limits, 120, 360) >= 0.97);
    CheckRare(simulation.Between(0, 360));
  }
}

/// From six minutes on half of it, or twice as much.
void CheckChanged(QuotaStory story, double factor, double least, std::size_t bearable = 2) {
  for (story.seed = 1; story.seed <= kSeeds; ++story.seed) {
    CAPTURE(story.seed, static_cast<int>(story.kind));
    QuotaSimulation simulation(story);
    simulation.RunTo(360);
    const sandbox::QuotaLimits after{.requests = story.limits.requests * factor,
                                     .tokens = story.limits.tokens * factor};
    simulation.Change(after);
    simulation.RunTo(780);
    CHECK(Use(simulation, after, 480, 780) >= least);
    CheckRare(simulation.Between(360, 780), bearable);
  }
}

constexpr QuotaKind kKinds[] = {QuotaKind::kBucket, QuotaKind::kSliding, QuotaKind::kFixed};

}  // namespace

TEST_CASE("quota: tokens that headers state, without a flag") {
  for (const QuotaKind kind : kKinds) {
    QuotaStory story = TokenStory();
    story.kind = kind;
    CheckSteady(story);
  }
}

TEST_CASE("quota: tokens kept by the flag alone") {
  for (const QuotaKind kind : kKinds) {
    QuotaStory story = TokenStory();
    story.kind = kind;
    story.telling = Telling::kNothing;
    story.rules.tokens_per_minute = kTokens;
    CheckSteady(story);
  }
}

TEST_CASE("quota: a flag below the quota is kept") {
  QuotaStory story = TokenStory();
  story.rules.tokens_per_minute = kTokens / 2;
  QuotaSimulation simulation(story);
  simulation.RunTo(300);
  const double use = Use(simulation, {.requests = 0, .tokens = kTokens / 2}, 60, 300);
  CHECK(use >= 0.97);
  CHECK(use <= 1.01);
  CHECK(simulation.Pace().tokens_per_minute == kTokens / 2);
  CHECK(simulation.Between(0, 300).refused == 0);
}

TEST_CASE("quota: texts, without headers, kept by the flag") {
  for (const QuotaKind kind : kKinds) {
    QuotaStory story = TextStory();
    story.kind = kind;
    story.rules.requests_per_minute = kTexts;
    CheckSteady(story);
  }
}

TEST_CASE("quota: texts, without headers and flag, learned from the first refusal") {
  for (const QuotaKind kind : kKinds) {
    QuotaStory story = TextStory();
    story.kind = kind;
    CheckSteady(story);
  }
}

TEST_CASE("quota: full batches of a slow server fit a sliding minute") {
  QuotaStory story = TextStory();
  story.kind = QuotaKind::kSliding;
  story.fewest_texts = 100;
  story.most_texts = 100;
  story.fastest_ms = 2'600;
  story.slowest_ms = 3'200;
  CheckSteady(story);
}

TEST_CASE("quota: halved in mid-run, as headers state") {
  for (const QuotaKind kind : kKinds) {
    QuotaStory story = TokenStory();
    story.kind = kind;
    CheckChanged(story, 0.5, 0.97);
  }
}

TEST_CASE("quota: halved in mid-run, as refusals state, below a flag or without") {
  for (const QuotaKind kind : kKinds) {
    QuotaStory story = TextStory();
    story.kind = kind;
    CheckChanged(story, 0.5, 0.97);
    story.rules.requests_per_minute = kTexts;
    CheckChanged(story, 0.5, 0.97);
  }
}

TEST_CASE("quota: raised in mid-run, headers are followed at once, never above the flag") {
  QuotaStory story = TokenStory();
  CheckChanged(story, 2, 0.97);
  story.rules.tokens_per_minute = kTokens;
  QuotaSimulation simulation(story);
  simulation.RunTo(120);
  simulation.Change({.requests = 0, .tokens = 2 * kTokens});
  simulation.RunTo(300);
  CHECK(Use(simulation, story.limits, 120, 300) <= 1.01);
}

TEST_CASE("quota: raised without a word, the pace rises slowly") {
  QuotaStory story = TextStory();
  QuotaSimulation simulation(story);
  simulation.RunTo(300);
  simulation.Change({.requests = 2 * kTexts, .tokens = 0});
  simulation.RunTo(900);
  const double soon = *simulation.Pace().requests_per_minute;
  CHECK(soon > kTexts);
  CHECK(soon < 1.2 * kTexts);
  simulation.RunTo(3'600);
  CHECK(*simulation.Pace().requests_per_minute >= 2 * kTexts);
  CheckRare(simulation.Between(300, 3'600));
}

TEST_CASE("quota: halved in mid-run where nothing is stated, half is found") {
  for (const QuotaKind kind : kKinds) {
    QuotaStory story = TextStory();
    story.kind = kind;
    story.telling = Telling::kNothing;
    story.rules.requests_per_minute = kTexts;
    // Two that were in flight together may be refused together, and the next one as well.
    CheckChanged(story, 0.5, 0.97, 3);
  }
}

TEST_CASE("quota: after minutes of refusals that state nothing, the pace comes back") {
  for (const QuotaKind kind : kKinds) {
    CAPTURE(static_cast<int>(kind));
    QuotaStory story = TextStory();
    story.kind = kind;
    story.telling = Telling::kNothing;
    QuotaSimulation simulation(story);
    simulation.RunTo(300);
    simulation.Change({.requests = 9, .tokens = 0});  // no request fits
    simulation.RunTo(600);
    simulation.Change(story.limits);
    simulation.RunTo(900);
    CHECK(*simulation.Pace().requests_per_minute >= kTexts / 3);
    simulation.RunTo(3'600);
    CHECK(*simulation.Pace().requests_per_minute >= 0.8 * kTexts);
    CheckRare(simulation.Between(900, 3'600));
  }
}

}  // namespace reembed::testing
