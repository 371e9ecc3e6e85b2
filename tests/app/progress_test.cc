#include "src/app/progress_board.h"

#include <stdexcept>

#include "run_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

/// Keeps the last snapshot; throws the first when told to.
class KeepingDisplay final : public ProgressDisplay {
 public:
  bool throws = false;
  Progress last;
  int cleared = 0;
  void Show(const Progress& progress) override {
    if (throws) throw std::runtime_error("no display");
    last = progress;
  }
  void Clear() override { ++cleared; }
};

struct TickerFixture {
  SilentLog log;
  RunTotals totals{{}};
  Tally tally{totals, log, "a"};
  ActivityBoard activity;
  SystemClock clock;
  KeepingDisplay display;
};

}  // namespace

TEST_CASE("activity: shows the latest wait that is still going on") {
  ActivityBoard board;
  CHECK(board.Current().empty());
  const int provider = board.BeginWait("the provider");
  const int store = board.BeginWait("the store");
  CHECK(board.Current() == "the store");
  board.EndWait(store);
  CHECK(board.Current() == "the provider");
  board.EndWait(provider);
  CHECK(board.Current().empty());
}

TEST_CASE("activity: a notice lasts for its scope") {
  ActivityBoard board;
  {
    const WaitNotice notice(board, "a pause");
    CHECK(board.Current() == "a pause");
  }
  CHECK(board.Current().empty());
}

TEST_CASE("rate: documents per second over the last seconds, not since the start") {
  RateMeter rate;
  const SteadyTime start{};
  CHECK(rate.Update(start, 0) == 0);
  CHECK(rate.Update(start + Seconds(2), 100) == 50);
  CHECK(rate.Update(start + Seconds(10), 100) == 0);
  CHECK(rate.Update(start + Seconds(20), 200) == 10);
}

TEST_CASE("ticker: the last thing shown is how it ended, then the display is cleared") {
  TickerFixture shown;
  ProgressTicker ticker("a", 3, shown.tally, shown.activity, shown.clock, shown.display);
  const std::vector<DocumentOutcome> outcomes = {
      {.id = "1"}, {.id = "2"}, {.id = "3", .state = DocumentState::kFailed}};
  shown.tally.Record(outcomes, std::vector<std::optional<DocumentState>>(3));
  ticker.Finish();
  CHECK(shown.display.last.collection == "a");
  CHECK(shown.display.last.done == 3);
  CHECK(shown.display.last.total == 3);
  CHECK(shown.display.last.failed == 1);
  CHECK(shown.display.cleared == 1);
}

TEST_CASE("ticker: what the display throws is thrown where the ticker is finished") {
  TickerFixture shown;
  shown.display.throws = true;
  ProgressTicker ticker("a", 3, shown.tally, shown.activity, shown.clock, shown.display);
  CHECK_THROWS_AS(ticker.Finish(), std::runtime_error);
}
