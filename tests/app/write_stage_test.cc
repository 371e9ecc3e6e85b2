#include "src/app/write_stage.h"

#include "run_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

/// A writer with its queue filled in advance.
struct WriterFixture {
  FakeStore store;
  FakeClock clock;
  SilentLog log;
  RunTotals totals{{}};
  Tally tally{totals, log, "a"};
  ActivityBoard activity;
  BacklogWatch backlog{store, clock, activity, log};
  std::unique_ptr<JournalStore> journals = MakeMemoryJournal();
  std::unique_ptr<Journal> journal = OpenWith(*journals, {});
  CollectionPlan plan;
  ReadyQueue queue{1000};

  explicit WriterFixture(std::size_t documents) {
    store.collections["a"] = MakeCollection("a", documents);
    plan.collection = "a";
    plan.config = Configured("a");
    std::vector<ReadyDocument> ready;
    for (std::size_t i = 0; i < documents; ++i) {
      ready.push_back({std::to_string(i), std::make_shared<const Embedding>(Embedding{1, 2})});
    }
    queue.Push(std::move(ready));
    queue.Close();
  }

  Status Run(const StopTokens& stop = {}) {
    const auto updater = store.MakeUpdater({"a", "vec"});
    return WriteStage({*updater, store, backlog, *journal, tally, clock}, plan, {})
        .Run(queue, stop);
  }
};

}  // namespace

TEST_CASE("writer: one document first, then small requests that grow while they are fast") {
  WriterFixture writer(600);
  CHECK(writer.Run().ok());
  CHECK(writer.store.request_sizes() ==
        std::vector<std::size_t>{1, 10, 15, 22, 33, 49, 73, 109, 163, 125});
}

TEST_CASE("writer: slow requests stay small") {
  WriterFixture writer(41);
  writer.store.on_write = [&](const std::string&) { writer.clock.Advance(Millis(20)); };
  CHECK(writer.Run().ok());
  CHECK(writer.store.request_sizes() == std::vector<std::size_t>{1, 10, 10, 10, 10});
}

TEST_CASE("writer: after a request that the store kept waiting they are small, and grow again") {
  WriterFixture writer(200);
  writer.store.on_write = [&](const std::string& id) {
    if (id == "60") writer.clock.Advance(Millis(3000));  // 503, and the client's waits
  };
  CHECK(writer.Run().ok());
  CHECK(writer.store.request_sizes() ==
        std::vector<std::size_t>{1, 10, 15, 22, 33, 10, 15, 22, 33, 39});
}

TEST_CASE("writer: a pause for the store's backlog is not taken for a slow request") {
  WriterFixture writer(72);
  writer.clock.Advance(Millis(1000));
  writer.store.pending_writes = [](std::size_t) { return Result<std::uint64_t>(300); };
  CHECK(writer.Run().ok());
  CHECK(writer.store.request_sizes() == std::vector<std::size_t>{1, 10, 15, 22, 24});
  CHECK(writer.clock.waits() == std::vector<Millis>(5, Millis(5000)));
}

TEST_CASE("writer: without a live index requests are full from the start") {
  WriterFixture writer(600);
  writer.plan.indexed = false;
  CHECK(writer.Run().ok());
  CHECK(writer.store.request_sizes() == std::vector<std::size_t>{1, 250, 250, 99});
}

TEST_CASE("writer: a first document that is gone proves nothing, the next one goes alone too") {
  WriterFixture writer(12);
  writer.store.collections["a"].gone = {"0"};
  CHECK(writer.Run().ok());
  CHECK(writer.store.request_sizes() == std::vector<std::size_t>{1, 1, 10});
}

TEST_CASE("writer: a follower that lags behind its leader is asked again before it is blamed") {
  WriterFixture writer(3);
  writer.store.alters_vectors = true;
  CHECK(writer.Run().error().kind == ErrorKind::kRefused);
  CHECK(writer.clock.waits() == std::vector<Millis>{Millis(250), Millis(500), Millis(750),
                                                    Millis(1000), Millis(1250), Millis(1500),
                                                    Millis(1750), Millis(2000), Millis(2250)});
  CHECK(writer.tally.counts() == Counts{});
}

TEST_CASE("writer: an abort while the store lags is an interruption, not a verdict") {
  WriterFixture writer(3);
  writer.store.alters_vectors = true;
  std::stop_source abort;
  writer.clock.OnSleep([&](Millis) { abort.request_stop(); });
  CHECK(writer.Run({abort.get_token(), abort.get_token()}).error().kind == ErrorKind::kInterrupted);
}
