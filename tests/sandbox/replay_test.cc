#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/sandbox/transcript.h"
#include "tests/sandbox/typesense_server.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

using Names = std::vector<std::string>;

constexpr const char* kKey = "replay-key";

// Sends all steps of a scenario to a fresh server; the names of those answered otherwise than
// recorded.
Names Differing(const std::string& scenario) {
  const TypesenseServer server({kKey});
  Names names;
  for (const TranscriptStep& step : LoadTranscript(scenario)) {
    const std::string difference = Difference(step, SendStep(server.url(), kKey, step));
    if (difference.empty()) continue;
    UNSCOPED_INFO(step.name << ": " << difference);
    names.push_back(step.name);
  }
  return names;
}

// The steps of a scenario that the list leaves out, in the order of the list.
Names LeftOut(const std::string& scenario) {
  Names names;
  for (const LeftOutStep& left : LoadLeftOut()) {
    if (left.scenario == scenario) names.push_back(left.step);
  }
  return names;
}

constexpr std::array kScenarios = {
    "01-auth-status",       "02-collections",  "03-import-actions", "04-import-update-failures",
    "05-update-keeps-keys", "06-search-pages", "07-search-filters", "08-export",
    "09-documents",         "10-aliases",      "11-schema-patch",   "12-dimension-change",
    "13-clone-swap"};

// Of the first `scenarios`: steps in all, and those left out.
struct Tally {
  std::size_t steps = 0, left_out = 0;
};
Tally Count(std::size_t scenarios) {
  Tally tally;
  for (std::size_t i = 0; i < scenarios; ++i) {
    tally.steps += LoadTranscript(kScenarios.at(i)).size();
    tally.left_out += LeftOut(kScenarios.at(i)).size();
  }
  return tally;
}

}  // namespace

TEST_CASE("replay: the recordings are found") {
  CHECK(LoadTranscript("01-auth-status").size() == 26);
  CHECK(LoadTranscript("09-documents").size() == 63);
}

TEST_CASE("replay: a different answer is noticed") {
  TranscriptStep step;
  step.status = 200;
  step.content_type = "application/json";
  step.body = R"({"a":1,"time":5})";
  step.compare = "json";
  step.ignore = {"/time"};
  CHECK(Difference(step, {200, "application/json", R"({"time":9,"a":1})"}).empty());
  CHECK_FALSE(Difference(step, {200, "application/json", R"({"a":1.0,"time":5})"}).empty());
  CHECK_FALSE(Difference(step, {200, "application/json", R"({"a":1,"time":"5"})"}).empty());
  CHECK_FALSE(Difference(step, {200, "application/json", R"({"a":1})"}).empty());
  CHECK_FALSE(Difference(step, {200, "text/plain", step.body}).empty());
  CHECK_FALSE(Difference(step, {201, "application/json", step.body}).empty());
}

TEST_CASE("replay: each step that is left out exists once and has a reason") {
  const auto list = LoadLeftOut();
  CHECK_FALSE(list.empty());
  for (const LeftOutStep& left : list) {
    INFO(left.scenario << ": " << left.step);
    const auto steps = LoadTranscript(left.scenario);
    CHECK(std::count_if(steps.begin(), steps.end(),
                        [&](const TranscriptStep& step) { return step.name == left.step; }) == 1);
    CHECK(left.reason.size() > 10);
    const Names names = LeftOut(left.scenario);
    CHECK(std::count(names.begin(), names.end(), left.step) == 1);
    CHECK(std::count(kScenarios.begin(), kScenarios.end(), left.scenario) == 1);
  }
}

TEST_CASE("replay: at most one step in fifty is left out") {
  for (const std::size_t scenarios : {std::size_t{9}, kScenarios.size()}) {
    const auto [steps, left_out] = Count(scenarios);
    CHECK(left_out * 50 <= steps);
  }
}

// The list is exact: a step on it that is answered as recorded fails too.
TEST_CASE("replay: every step but those left out is answered as recorded") {
  for (const char* scenario : kScenarios) {
    CAPTURE(scenario);
    CHECK(Differing(scenario) == LeftOut(scenario));
  }
}

}  // namespace reembed::sandbox
