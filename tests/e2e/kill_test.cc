#include "kill_harness.h"

#include <sstream>

#include "tests/support/catch2.h"

using namespace reembed::testing;

TEST_CASE("kill -9: at any point, any number of times, a rerun ends as an undisturbed run") {
  std::ostringstream table;
  const KillResult result = RunKillHarness(
      {.seed = 20261121, .kills = 16, .kills_per_story = 8, .documents = 800}, table);
  INFO(table.str());
  CHECK(result.kills == 16);
  CHECK(result.problems == "");
}
