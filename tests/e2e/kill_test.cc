#include "kill_harness.h"

#include <sstream>

#include "tests/support/catch2.h"

using namespace reembed::testing;

TEST_CASE("kill -9: at any point, any number of times, a rerun ends as an undisturbed run") {
  std::ostringstream table;
  const KillResult result =
      RunKillHarness({.seed = 20261121,
                      .kills = 15,
                      .kills_per_story = 5,
                      .documents = 200,
                      .kinds = {{StoryStrategy::kInPlace, StoryChanges::kNone},
                                {StoryStrategy::kRebuild, StoryChanges::kBetween},
                                {StoryStrategy::kAlias, StoryChanges::kBetween}}},
                     table);
  INFO(table.str());
  CHECK(result.kills == 15);
  CHECK(result.problems == "");
}
