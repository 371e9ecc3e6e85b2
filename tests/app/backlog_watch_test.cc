#include "src/app/backlog_watch.h"

#include <string>
#include <vector>

#include "fake_store.h"
#include "src/app/progress_board.h"
#include "tests/support/catch2.h"
#include "tests/support/fake_clock.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

class LineLog final : public Log {
 public:
  std::vector<std::string> lines;
  void Write(LogLevel, std::string_view message) override { lines.emplace_back(message); }
};

struct WatchFixture {
  FakeStore store;
  FakeClock clock;
  ActivityBoard activity;
  LineLog log;
  std::stop_source drain;
  BacklogWatch watch{store, clock, activity, log};

  /// `requests` pauses, each after a request of 400 ms.
  void Write(int requests) {
    for (int i = 0; i < requests; ++i) {
      clock.Advance(Millis(400));
      watch.Pause({drain.get_token(), {}});
    }
  }
};

}  // namespace

TEST_CASE("backlog watch: asks once a second at most, and not in the first second") {
  WatchFixture fix;
  fix.Write(2);
  CHECK(fix.store.pending_writes_asked() == 0);
  fix.Write(7);
  CHECK(fix.store.pending_writes_asked() == 3);
  CHECK(fix.clock.waits().empty());
}

TEST_CASE("backlog watch: waits while the backlog grows, but never for ever") {
  WatchFixture fix;
  std::string shown;
  fix.clock.OnSleep([&](Millis) { shown = fix.activity.Current(); });
  fix.store.pending_writes = [](std::size_t asked) {
    return Result<std::uint64_t>(std::vector<std::uint64_t>{0, 20, 90, 400, 400, 90}[asked]);
  };
  fix.Write(3);
  CHECK(fix.clock.waits() == std::vector<Millis>{Millis(1000)});
  CHECK(shown == "waiting for Typesense: 20 write batches are pending there");
  fix.Write(6);
  CHECK(fix.store.pending_writes_asked() == 5);
  CHECK(fix.clock.waits() ==
        std::vector<Millis>{Millis(1000), Millis(1000), Millis(5000), Millis(5000)});
  CHECK(fix.activity.Current().empty());
}

TEST_CASE("backlog watch: a store that does not tell is asked once, which is said once") {
  WatchFixture fix;
  fix.store.pending_writes = [](std::size_t) {
    return Result<std::uint64_t>(Error{.kind = ErrorKind::kRefused, .message = "401 Forbidden"});
  };
  fix.Write(20);
  CHECK(fix.store.pending_writes_asked() == 1);
  REQUIRE(fix.log.lines.size() == 1);
  CHECK_THAT(fix.log.lines[0], ContainsSubstring("401 Forbidden"));
}

TEST_CASE("backlog watch: trouble with the question is not the writer's, and passes") {
  WatchFixture fix;
  fix.store.pending_writes = [](std::size_t) {
    return Result<std::uint64_t>(Error{.kind = ErrorKind::kUnreachable, .message = "away"});
  };
  fix.Write(150);
  CHECK(fix.store.pending_writes_asked() == 1);
  fix.Write(3);
  CHECK(fix.store.pending_writes_asked() == 2);
  CHECK(fix.log.lines.empty());
}

TEST_CASE("backlog watch: when the run is asked to end, what is paid for is written at once") {
  WatchFixture fix;
  fix.store.pending_writes = [](std::size_t) { return Result<std::uint64_t>(10'000); };
  fix.drain.request_stop();
  fix.Write(6);
  CHECK(fix.store.pending_writes_asked() == 0);
  CHECK(fix.clock.waits().empty());
}
