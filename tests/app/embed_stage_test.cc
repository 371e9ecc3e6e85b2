#include "src/app/embed_stage.h"

#include "run_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

/// A worker with two documents on their way, the second of which the provider refuses.
struct WorkerFixture {
  FakeEmbedder embedder;
  SilentLog log;
  RunTotals totals{{}};
  Tally tally{totals, log, "a"};
  FirstBatchGate gate;
  std::unique_ptr<JournalStore> store = MakeMemoryJournal();
  std::unique_ptr<Journal> journal = OpenWith(*store, {"1", "2"});
  WaitingRoom room;
  BoundedQueue<Batch> batches{1};
  ReadyQueue ready{1};

  WorkerFixture() {
    embedder.text_error = [](const std::string& text) -> std::optional<Error> {
      if (text == "good") return std::nullopt;
      return Error{.kind = ErrorKind::kTooLong, .message = "too long"};
    };
    const std::vector<SeenDocument> seen = {{"1", HashText("good")}, {"2", HashText("bad")}};
    CHECK(journal->Admit(seen).ok());
    room.Enter(2);
    Batch batch;
    batch.texts = {{HashText("good"), "good"}, {HashText("bad"), "bad"}};
    batches.Push(std::move(batch));
    batches.Close();
  }

  Status Run(const StopTokens& stop = {}) {
    return EmbedStage(embedder, {}, *journal, tally, room, gate).Run(batches, ready, stop);
  }
};

}  // namespace

TEST_CASE("worker: hands on what has a vector, records what has none") {
  WorkerFixture worker;
  CHECK(worker.Run().ok());
  const auto documents = worker.ready.TryPop();
  REQUIRE(documents->size() == 1);
  CHECK(documents->front().id == "1");
  CHECK(*documents->front().vector == VectorOf("good"));
  CollectionReport report;
  worker.tally.FillIn(report);
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].id == "2");
  CHECK(report.failures[0].stage == Stage::kEmbed);
  CHECK(report.failures[0].kind == FailureKind::kTooLong);
}

TEST_CASE("worker: a refused text is counted although the writer has ended") {
  WorkerFixture worker;
  worker.ready.Close();
  CHECK(worker.Run().ok());
  CHECK(worker.tally.counts() == Counts{.failed = 1});
}

TEST_CASE("worker: after a stop no batch is taken, and the turn is handed on") {
  WorkerFixture worker;
  std::stop_source stop;
  stop.request_stop();
  CHECK(worker.Run({stop.get_token(), {}}).ok());
  CHECK(worker.embedder.batches().empty());
  CHECK(worker.gate.Enter({}));
}

TEST_CASE("worker: an error keeps the turn, so that nobody asks before all are stopped") {
  WorkerFixture worker;
  worker.embedder.call_error = [](std::size_t) {
    return Error{.kind = ErrorKind::kRefused, .message = "the key is not accepted"};
  };
  CHECK(worker.Run().error().kind == ErrorKind::kRefused);
  std::stop_source stop;
  bool entered = true;
  std::jthread other([&] { entered = worker.gate.Enter(stop.get_token()); });
  stop.request_stop();
  other.join();
  CHECK_FALSE(entered);
}
