#include "kill_harness.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "kill_story.h"

namespace reembed::testing {
namespace {

using Measured = std::map<StoryStrategy, Undisturbed>;

constexpr const char* kRow = "{:>6} {:>6}  {:<8}  {:<8} {:>12} {:>12} {:>16}  {}\n";

const char* NameOf(StoryStrategy strategy) {
  switch (strategy) {
    case StoryStrategy::kInPlace:
      return "in-place";
    case StoryStrategy::kRebuild:
      return "rebuild";
    case StoryStrategy::kAlias:
      return "alias";
  }
  return "";
}

const char* NameOf(StoryChanges changes) {
  switch (changes) {
    case StoryChanges::kNone:
      return "none";
    case StoryChanges::kBetween:
      return "between";
    case StoryChanges::kAlways:
      return "always";
  }
  return "";
}

// Of this strategy, once: a kill falls into a phase as often as the phase is long.
const Undisturbed& Measure(StoryStrategy strategy, const KillOptions& options, Measured& measured,
                           std::string& problems) {
  const auto known = measured.find(strategy);
  if (known != measured.end()) return known->second;
  KillStory story({strategy, StoryChanges::kNone}, options.documents, options.seed);
  measured[strategy] = story.Measure();
  problems += story.problems();
  return measured[strategy];
}

void AddUp(const KillStory& story, KillResult& result) {
  ++result.stories;
  result.kills += story.kills();
  result.kills_in_rollback += story.kills_in_rollback();
  result.paid_twice += story.paid_twice();
  result.may_be_paid_twice += story.may_be_paid_twice();
}

}  // namespace

std::vector<StoryKind> AllStoryKinds() {
  using enum StoryStrategy;
  using enum StoryChanges;
  return {{kInPlace, kNone},  {kRebuild, kNone},   {kAlias, kNone},  {kRebuild, kBetween},
          {kAlias, kBetween}, {kRebuild, kAlways}, {kAlias, kAlways}};
}

KillResult RunKillHarness(const KillOptions& options, std::ostream& table) {
  KillResult result;
  Measured measured;
  table << fmt::format(kRow, "story", "seed", "strategy", "changes", "kills so far", "paid again",
                       "in flight, most", "verdict");
  // A story may be over before its first kill; not all of them.
  while (result.kills < options.kills && result.stories < options.kills + 10) {
    const auto seed = static_cast<std::uint32_t>(options.seed + result.stories);
    const StoryKind kind = options.kinds.at(result.stories % options.kinds.size());
    std::string problems;
    const Undisturbed& effort = Measure(kind.strategy, options, measured, problems);
    KillStory story(kind, options.documents, seed);
    story.Play(effort, std::min(options.kills_per_story, options.kills - result.kills));
    problems += story.problems();
    AddUp(story, result);
    table << fmt::format(kRow, result.stories, seed, NameOf(kind.strategy), NameOf(kind.changes),
                         result.kills, story.paid_twice(), story.may_be_paid_twice(),
                         problems.empty() ? "all right" : "WRONG")
          << std::flush;
    if (!problems.empty()) {
      result.problems += fmt::format("story {}, seed {}:\n{}", result.stories, seed, problems);
    }
  }
  return result;
}

}  // namespace reembed::testing
