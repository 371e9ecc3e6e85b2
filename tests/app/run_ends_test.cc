#include <new>
#include <thread>

#include "run_fixture.h"
#include "src/app/migration.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

TEST_CASE("run: a first batch that never came back does not hold up the next collection") {
  RunFixture run;
  run.Add("a", 600);
  run.Add("b", 5);
  run.batch_texts = 250;  // leaves room in the queue, so that page 2 is asked for
  run.embedder.call_that_waits = 1;
  run.store.page_error = [&run, failed = false](std::size_t page) mutable -> std::optional<Error> {
    if (page == 1 || failed) return std::nullopt;
    while (run.embedder.batches().empty()) std::this_thread::yield();
    failed = true;
    return Error{.kind = ErrorKind::kNotFound, .message = "the collection is gone"};
  };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 4);
  CHECK(report.collections.at(0).message == "the collection is gone");
  CHECK(report.collections.at(0).counts.count() == 0);
  CHECK(report.collections.at(1).counts == Counts{.success = 5});
}

TEST_CASE("run: a first batch of refused texts proves nothing, the next one goes alone too") {
  RunFixture run;
  run.Add("a", 300);
  run.embedder.text_error = [asked = 0](const std::string&) mutable -> std::optional<Error> {
    if (++asked > 8) return std::nullopt;
    return Error{.kind = ErrorKind::kBadText, .message = "no"};
  };
  run.embedder.call_error = [](std::size_t call) -> std::optional<Error> {
    if (call < 2) return std::nullopt;
    return Error{.kind = ErrorKind::kRefused, .message = "the key is not accepted"};
  };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 4);
  CHECK(run.embedder.batches().size() == 2);
  CHECK(report.collections.at(0).counts == Counts{.failed = 8});
}

TEST_CASE("run: what a worker, the fetcher or the writer throws arrives where it can be caught") {
  RunFixture run;
  run.Add("a", 600);
  SECTION("worker") {
    run.embedder.call_error = [](std::size_t call) -> std::optional<Error> {
      if (call < 3) return std::nullopt;
      throw std::bad_alloc();
    };
  }
  SECTION("fetcher") {
    run.store.page_error = [](std::size_t page) -> std::optional<Error> {
      if (page < 2) return std::nullopt;
      throw std::bad_alloc();
    };
  }
  SECTION("writer") {
    run.store.on_write = [](const std::string& id) {
      if (id == "300") throw std::bad_alloc();
    };
  }
  CHECK_THROWS_AS(run.Run(), std::bad_alloc);
}

TEST_CASE("run: what is paid for is written also when the writer sees too many failures") {
  RunFixture run;
  run.Add("a", 58);
  run.max_failures = {.set = true, .percent = false, .value = 1};
  run.store.collections["a"].rejected = {"0"};
  const RunReport report = run.Run();
  const CollectionReport& a = report.collections.at(0);
  CHECK(report.exit_code == 6);
  CHECK(a.counts.failed == 1);
  CHECK(a.counts.count() == a.embedded);
}

TEST_CASE("run: an interrupted run that fails as well ends as interrupted") {
  RunFixture run;
  run.Add("a", 3000);
  run.embedder.call_error = [&](std::size_t call) -> std::optional<Error> {
    if (call < 3) return std::nullopt;
    run.drain.request_stop();
    return Error{.kind = ErrorKind::kRefused, .message = "the key is not accepted"};
  };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 130);
  CHECK(report.collections.at(0).message == "the key is not accepted");
}

TEST_CASE("run: a stop before the first document: every collection is interrupted, nothing sent") {
  RunFixture run;
  run.Add("a", 3);
  run.Add("b", 3);
  run.config.collections.push_back(Configured("computed"));
  run.config.collections[2].skip_reason = "computed by the application";
  run.drain.request_stop();
  const RunReport report = run.Run();
  CHECK(report.exit_code == 130);
  CHECK(report.collections.at(0).status == CollectionStatus::kInterrupted);
  CHECK(report.collections.at(1).status == CollectionStatus::kInterrupted);
  CHECK(report.collections.at(2).status == CollectionStatus::kSkipped);
  CHECK(run.embedder.batches().empty());
  CHECK(run.store.request_sizes().empty());
}

TEST_CASE("run: planning is given one stop for both signals, so the first one ends its waits") {
  RunFixture run;
  run.Add("a", 3);
  run.drain.request_stop();
  run.Run();
  CHECK(run.store.planned_with.abort.stop_requested());
}

TEST_CASE("run: a collection without documents is judged by a length that is known") {
  RunFixture run;
  run.Add("a", 0);
  run.store.collections["a"] = MakeCollection("a", 0, /*dimensions=*/9);
  run.config.collections[0].strategy = StrategyChoice::kInPlace;
  const RunReport report = run.Run();
  CHECK(report.exit_code == 4);
  CHECK_THAT(report.collections.at(0).message, ContainsSubstring("9"));
}

TEST_CASE("run: nothing is asked of the provider when the plan stops every collection") {
  RunFixture run;
  run.Add("a", 3);
  run.provider.dimensions = 0;
  run.config.collections[0].strategy = StrategyChoice::kAlias;
  const RunReport report = run.Run();
  CHECK(report.exit_code == 4);
  CHECK(run.embedder.batches().empty());
}

TEST_CASE("run: a missing collection counts beside a provider that cannot say its length") {
  RunFixture run;
  run.config.collections.push_back(Configured("absent"));
  run.Add("a", 3);
  run.provider.dimensions = 0;
  run.embedder.call_error = [](std::size_t) {
    return Error{.kind = ErrorKind::kOutage, .message = "the provider is away"};
  };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 4);
  CHECK_THAT(report.collections.at(0).message, ContainsSubstring("absent"));
  CHECK_THAT(report.collections.at(1).message, ContainsSubstring("not started"));
  CHECK(report.message == "the provider is away");
}

TEST_CASE("run: an id that a scan shows twice counts once") {
  RunFixture run;
  run.Add("a", 5);
  run.store.collections["a"].documents.push_back(run.store.collections["a"].documents[1]);
  const RunReport report = run.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.collections.at(0).counts == Counts{.success = 5});
}

TEST_CASE("run: of two names for one field only the first is migrated") {
  RunFixture run;
  run.Add("a", 20);
  run.config.collections.push_back(Configured("again"));
  run.config.collections[1].collection = "a";
  const RunReport report = run.Run();
  CHECK(report.exit_code == 4);
  CHECK(report.collections.at(0).counts == Counts{.success = 20});
  CHECK(report.collections.at(1).status == CollectionStatus::kError);
}

TEST_CASE("run: a refused filter is named with the key that holds it, another refusal is not") {
  RunFixture run;
  run.Add("a", 1);
  run.config.collections.at(0).filter_by = "lang:=en";
  run.store.count_error = Error{.kind = ErrorKind::kRefused, .message = "bad filter."};
  CHECK(run.Run().collections.at(0).message == "bad filter. Correct `filter_by`: lang:=en");
  run.store.count_error = Error{.kind = ErrorKind::kRefused, .message = "the key is refused"};
  CHECK(run.Run().collections.at(0).message == "the key is refused");
}

TEST_CASE("run: a collection from which --limit left documents out is marked") {
  RunFixture run;
  run.Add("a", 5);
  run.limit = 4;
  CHECK(run.Run().collections.at(0).limited);
  CHECK_FALSE(run.Rerun().collections.at(0).limited);
}
