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

using Before = std::vector<std::optional<DocumentState>>;

void RecordNew(Tally& tally, std::span<const DocumentOutcome> outcomes) {
  tally.Record(outcomes, Before(outcomes.size()));
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
  RecordNew(tally, outcomes);
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
  RecordNew(first, two);
  CHECK_FALSE(totals.limit_reached().stop_requested());
  RecordNew(second, two);
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
  RecordNew(tally, failed);
  RecordNew(tally, written);
  CHECK_FALSE(totals.limit_reached().stop_requested());
  RecordNew(tally, {written.data(), 1});
  CHECK(totals.limit_reached().stop_requested());
}

TEST_CASE("tally: a document counts once, by its last outcome") {
  SilentLog log;
  RunTotals totals({});
  Tally tally(totals, log, "a");
  tally.AddUpToDate(3);
  RecordNew(tally, std::vector<DocumentOutcome>{Failed("1"), {.id = "2", .truncated = true}});
  const std::vector<DocumentOutcome> again = {{.id = "1"}, Failed("2"), {.id = "3"}};
  tally.Record(again,
               Before{DocumentState::kFailed, DocumentState::kWritten, DocumentState::kUpToDate});
  CollectionReport report;
  tally.FillIn(report);
  CHECK(report.counts == Counts{.success = 2, .failed = 1, .up_to_date = 2});
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].id == "2");
  CHECK(report.truncated == 0);
  CHECK(report.truncated_ids.empty());
}
