#include "src/app/progress_board.h"

#include "tests/support/catch2.h"

using namespace reembed;

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
