#include "src/app/tally.h"

#include "run_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

DocumentOutcome Failed(const std::string& id) {
  return {.id = id,
          .state = DocumentState::kFailed,
          .failure = {id, Stage::kEmbed, FailureKind::kBadText, "no"}};
}

}  // namespace

TEST_CASE("tally: at most 1,000 failures and truncated ids are listed, all are counted") {
  SilentLog log;
  RunTotals totals({});
  Tally tally(totals, log, "a");
  std::vector<DocumentOutcome> outcomes;
  for (int i = 0; i < 1500; ++i) {
    outcomes.push_back(Failed(std::to_string(i)));
    outcomes.push_back({.id = "t" + std::to_string(i), .truncated = true});
  }
  CHECK(tally.Record(outcomes).ok());
  CollectionReport report;
  tally.FillIn(report);
  CHECK(report.failures.size() == 1000);
  CHECK(report.failures_total == 1500);
  CHECK(report.truncated == 1500);
  CHECK(report.truncated_ids.size() == 1000);
  CHECK(report.counts == Counts{.success = 1500, .failed = 1500});
}

TEST_CASE("tally: the limit on failures counts the whole run") {
  SilentLog log;
  RunTotals totals({.set = true, .percent = false, .value = 3});
  Tally first(totals, log, "a");
  Tally second(totals, log, "b");
  const std::vector<DocumentOutcome> two = {Failed("1"), Failed("2")};
  CHECK(first.Record(two).ok());
  CHECK(second.Record(two).error().kind == ErrorKind::kLimit);
}
