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
  tally.Record(outcomes);
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
  first.Record(two);
  CHECK_FALSE(totals.limit_reached().stop_requested());
  second.Record(two);
  CHECK(totals.limit_reached().stop_requested());
  CHECK(totals.LimitError().kind == ErrorKind::kLimit);
  CHECK(totals.LimitError().message == "stopped after 4 failed documents (--max-failures)");
}

TEST_CASE("tally: a percentage is judged at the hundredth document, also when that one succeeds") {
  SilentLog log;
  RunTotals totals({.set = true, .percent = true, .value = 10});
  Tally tally(totals, log, "a");
  const std::vector<DocumentOutcome> failed(20, Failed("f"));
  const std::vector<DocumentOutcome> written(79, DocumentOutcome{.id = "w"});
  tally.Record(failed);
  tally.Record(written);
  CHECK_FALSE(totals.limit_reached().stop_requested());
  tally.Record({written.data(), 1});
  CHECK(totals.limit_reached().stop_requested());
}
