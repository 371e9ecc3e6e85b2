#include <algorithm>
#include <string>

#include "tests/resilience/quota_simulation.h"
#include "tests/support/catch2.h"

// Servers that do not say what their quota is, seen over many seeds, speeds and sizes of batches.
// The batches are as the application makes them: at most a fiftieth of the pace that is known.
namespace reembed::testing {
namespace {

using sandbox::QuotaKind;

constexpr double kTexts = 3'000;
constexpr std::uint32_t kSeeds = 5;

struct Server {
  std::size_t concurrency = 0;
  int fastest_ms = 0;
  int slowest_ms = 0;
};
constexpr Server kServers[] = {{4, 200, 900}, {8, 200, 900}, {16, 1'000, 3'000}};
constexpr double kBatches[] = {0.01, 0.02};  // parts of a minute's quota, more or less

struct Expected {
  QuotaKind kind;
  Telling telling;
  double mean = 0;       ///< use of the quota in steady state
  double least = 0;      ///< the same in the worst run
  double rare = 0;       ///< the part of the runs with at most two refusals, or one in two hundred
  std::size_t most = 0;  ///< refusals in the worst run
};

/// What came of many runs.
class Runs {
 public:
  void Add(double use, const QuotaSimulation::Sums& sums) {
    use_ += use;
    least_ = std::min(least_, use);
    rare_ += sums.refused <= std::max<std::size_t>(2, sums.requests / 200) ? 1 : 0;
    most_ = std::max(most_, sums.refused);
    ++runs_;
  }
  void Check(const Expected& expected) const {
    CAPTURE(static_cast<int>(expected.kind), static_cast<int>(expected.telling), runs_);
    CHECK(use_ / runs_ >= expected.mean);
    CHECK(least_ >= expected.least);
    CHECK(rare_ / runs_ >= expected.rare);
    CHECK(most_ <= expected.most);
  }

 private:
  double use_ = 0;
  double least_ = 1;
  double rare_ = 0;
  std::size_t most_ = 0;
  double runs_ = 0;
};

QuotaStory Story(const Expected& expected, const Server& server, double part, std::uint32_t seed) {
  QuotaStory story;
  story.limits = {.requests = kTexts, .tokens = 0};
  story.kind = expected.kind;
  story.telling = expected.telling;
  story.rules.counts_texts = true;
  story.rules.concurrency = server.concurrency;
  story.fastest_ms = server.fastest_ms;
  story.slowest_ms = server.slowest_ms;
  story.fewest_texts = static_cast<int>(kTexts * part * 0.6);
  story.most_texts = static_cast<int>(kTexts * part * 1.4);
  story.smooth = true;
  story.minute_began = 37 * seed % 60;
  story.seed = seed * 7'919;
  return story;
}

template <class Run>
void CheckRuns(const Expected& expected, Run run) {
  Runs runs;
  for (const Server& server : kServers) {
    for (const double part : kBatches) {
      for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
        run(Story(expected, server, part, seed), runs);
      }
    }
  }
  runs.Check(expected);
}

/// Half of it from three or four minutes on, judged from three minutes later.
void Halved(QuotaStory story, double from, Runs& runs) {
  QuotaSimulation simulation(story);
  simulation.RunTo(from);
  simulation.Change({.requests = kTexts / 2, .tokens = 0});
  simulation.RunTo(from + 600);
  const double used = simulation.Between(from + 180, from + 600).texts;
  runs.Add(used / (kTexts / 2 * 7), simulation.Between(from, from + 600));
}

}  // namespace

TEST_CASE("quota: halved below a flag, without a word or with the wait alone") {
  constexpr Expected kExpected[] = {
      {QuotaKind::kBucket, Telling::kNothing, 0.98, 0.97, 0.97, 4},
      {QuotaKind::kSliding, Telling::kNothing, 0.98, 0.97, 0.97, 4},
      {QuotaKind::kFixed, Telling::kNothing, 0.98, 0.97, 0.94, 4},
      {QuotaKind::kBucket, Telling::kWaits, 0.98, 0.97, 0.97, 4},
      {QuotaKind::kSliding, Telling::kWaits, 0.98, 0.97, 0.97, 4},
      {QuotaKind::kFixed, Telling::kWaits, 0.98, 0.97, 0.85, 4},
  };
  for (const Expected& expected : kExpected) {
    CheckRuns(expected, [](QuotaStory story, Runs& runs) {
      story.rules.requests_per_minute = kTexts;
      Halved(story, 180 + 7 * (story.seed % 9), runs);
    });
  }
}

TEST_CASE("quota: met without a flag, without a word or with the wait alone") {
  constexpr Expected kExpected[] = {
      {QuotaKind::kBucket, Telling::kNothing, 0.97, 0.9, 0.9, 5},
      {QuotaKind::kSliding, Telling::kNothing, 0.97, 0.9, 0.5, 5},
      // Which minute it was is not to be seen.
      {QuotaKind::kFixed, Telling::kNothing, 0.75, 0.4, 0.3, 9},
      {QuotaKind::kBucket, Telling::kWaits, 0.97, 0.9, 0.8, 5},
      {QuotaKind::kSliding, Telling::kWaits, 0.95, 0.9, 0.9, 5},
      {QuotaKind::kFixed, Telling::kWaits, 0.97, 0.9, 0.9, 5},
  };
  for (const Expected& expected : kExpected) {
    CheckRuns(expected, [](const QuotaStory& story, Runs& runs) {
      QuotaSimulation simulation(story);
      simulation.RunTo(600);
      runs.Add(simulation.Between(180, 600).texts / (kTexts * 7), simulation.Between(0, 600));
    });
  }
}

}  // namespace reembed::testing
