#include "src/app/migration.h"

#include <algorithm>

#include "run_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

TEST_CASE("run: every document gets the vector of its text, exit 0") {
  RunFixture run;
  run.Add("a", 600);
  const RunReport report = run.Run();
  CHECK(report.exit_code == 0);
  CHECK(RightVectors(run.store.collections["a"]) == 600);
  const CollectionReport& a = report.collections.at(0);
  CHECK(a.status == CollectionStatus::kCompleted);
  CHECK(a.counts == Counts{.success = 600});
  CHECK(a.embedded == 600);
  CHECK(a.strategy == "in-place");
  CHECK(run.reporter.events ==
        std::vector<std::string>{"begin", "started a", "completed a", "end"});
}

TEST_CASE("run: the first batch goes alone and is small") {
  RunFixture run;
  run.Add("a", 300);
  run.Run();
  CHECK(run.embedder.batches().front() == 8);
  CHECK(run.embedder.batches().at(1) == 50);
}

TEST_CASE("run: an empty collection is completed and the provider is asked nothing") {
  RunFixture run;
  run.Add("a", 0);
  run.provider.dimensions = 0;
  const RunReport report = run.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.collections.at(0).counts.count() == 0);
  CHECK(run.embedder.batches().empty());
}

TEST_CASE("run: equal texts on their way are paid for once") {
  RunFixture run;
  run.Add("a", 6);
  for (Document& document : run.store.collections["a"].documents) {
    document.json = R"({"id":")" + document.id + R"(","title":"the same"})";
  }
  const RunReport report = run.Run();
  CHECK(run.embedder.texts() == std::vector<std::string>{"the same"});
  CHECK(report.collections.at(0).counts.success == 6);
  CHECK(run.store.collections["a"].vectors["5"] == VectorOf("the same"));
}

TEST_CASE("run: the prefix is embedded, the task type handed on") {
  RunFixture run;
  run.Add("a", 1);
  run.config.collections[0].prefix = "query: ";
  run.config.collections[0].task_type = "RETRIEVAL_QUERY";
  run.Run();
  CHECK(run.embedder.texts() == std::vector<std::string>{"query: text 0"});
  CHECK(run.embedder.task_types().front() == "RETRIEVAL_QUERY");
}

TEST_CASE("run: only the refused and the empty document fail, each with stage, kind and message") {
  RunFixture run;
  run.Add("a", 500);
  run.store.collections["a"].documents[7].json = R"({"id":"7","title":" "})";
  run.store.collections["a"].documents[8].json = R"({"id":"8","title":{"x":1}})";
  run.embedder.truncates = "text 9";
  run.embedder.text_error = [](const std::string& text) -> std::optional<Error> {
    if (text != "text 400") return std::nullopt;
    return Error{.kind = ErrorKind::kBadText, .message = "not this one"};
  };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 3);
  const CollectionReport& a = report.collections.at(0);
  CHECK(a.status == CollectionStatus::kPartial);
  CHECK(a.counts == Counts{.success = 497, .failed = 3});
  CHECK(a.truncated_ids == std::vector<std::string>{"9"});
  CHECK(a.failures_total == 3);
  auto failures = a.failures;
  std::sort(failures.begin(), failures.end(),
            [](const Failure& x, const Failure& y) { return x.id < y.id; });
  CHECK(failures[0].id == "400");
  CHECK(failures[0].stage == Stage::kEmbed);
  CHECK(failures[0].kind == FailureKind::kBadText);
  CHECK(failures[0].message == "not this one");
  CHECK(failures[1].kind == FailureKind::kNoText);
  CHECK(failures[2].kind == FailureKind::kTextType);
}

TEST_CASE("run: an empty text is skipped where the configuration says so") {
  RunFixture run;
  run.Add("a", 2);
  run.config.collections[0].on_empty_text = EmptyTextRule::kSkip;
  run.store.collections["a"].documents[0].json = R"({"id":"0"})";
  const RunReport report = run.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.collections.at(0).counts == Counts{.success = 1, .skipped = 1});
}

TEST_CASE("run: a document deleted meanwhile is counted as deleted, a refused one as failed") {
  RunFixture run;
  run.Add("a", 5);
  run.store.collections["a"].gone = {"0", "3"};
  run.store.collections["a"].rejected = {"4"};
  const RunReport report = run.Run();
  CHECK(report.exit_code == 3);
  const CollectionReport& a = report.collections.at(0);
  CHECK(a.counts == Counts{.success = 2, .failed = 1, .deleted = 2});
  CHECK(a.failures.at(0).stage == Stage::kUpdate);
  CHECK(a.failures.at(0).kind == FailureKind::kRejected);
}

TEST_CASE("run: one collection missing is exit 4, the others are done") {
  RunFixture run;
  run.Add("a", 3);
  run.config.collections.push_back(Configured("absent"));
  run.Add("b", 4);
  const RunReport report = run.Run();
  CHECK(report.exit_code == 4);
  CHECK(report.collections.at(0).status == CollectionStatus::kCompleted);
  CHECK(report.collections.at(1).status == CollectionStatus::kError);
  CHECK_THAT(report.collections.at(1).message, ContainsSubstring("absent"));
  CHECK(report.collections.at(2).counts.success == 4);
}

TEST_CASE("run: a blocker leaves its collection alone and the others are done") {
  RunFixture run;
  run.Add("a", 3);
  run.Add("b", 4);
  run.store.collections["a"] = MakeCollection("a", 3, /*dimensions=*/9);
  run.config.collections[0].strategy = StrategyChoice::kInPlace;
  const RunReport report = run.Run();
  CHECK(report.exit_code == 4);
  CHECK(run.store.collections["a"].vectors.empty());
  CHECK(report.collections.at(1).counts.success == 4);
}

TEST_CASE("run: a skipped collection is reported with its reason and nothing is asked") {
  RunFixture run;
  run.Add("a", 1);
  run.config.collections.push_back(Configured("computed"));
  run.config.collections[1].skip_reason = "computed by the application";
  const RunReport report = run.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.collections.at(1).status == CollectionStatus::kSkipped);
  CHECK(report.collections.at(1).message == "computed by the application");
}

TEST_CASE("run: a refused key stops the run after one request, every collection is reported") {
  RunFixture run;
  run.Add("a", 300);
  run.Add("b", 300);
  run.embedder.call_error = [](std::size_t) {
    return Error{.kind = ErrorKind::kRefused, .message = "the key is not accepted"};
  };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 4);
  CHECK(run.embedder.batches().size() == 1);
  CHECK(report.collections.at(0).status == CollectionStatus::kError);
  CHECK_THAT(report.collections.at(1).message, ContainsSubstring("not started"));
  CHECK(report.message == "the key is not accepted");
}

TEST_CASE("run: what was embedded before the provider gave up is written") {
  RunFixture run;
  run.Add("a", 300);
  run.embedder.call_error = [](std::size_t call) -> std::optional<Error> {
    if (call < 4) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "the provider is away"};
  };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 5);
  CHECK(report.collections.at(0).counts.success == 108);
  CHECK(RightVectors(run.store.collections["a"]) == 108);
}

TEST_CASE("run: no node answers while planning: exit 5, named once, nothing embedded") {
  RunFixture run;
  run.Add("a", 3);
  run.store.describe_error = Error{.kind = ErrorKind::kUnreachable, .message = "host:1 is away"};
  const RunReport report = run.Run();
  CHECK(report.exit_code == 5);
  CHECK(report.message == "host:1 is away");
  CHECK(report.collections.size() == 1);
  CHECK(run.embedder.batches().empty());
}

TEST_CASE("run: a store that refuses writes fails its collection, the next one goes on") {
  RunFixture run;
  run.Add("a", 30);
  run.store.update_error = Error{.kind = ErrorKind::kRefused, .message = "401 here"};
  const RunReport report = run.Run();
  CHECK(report.exit_code == 4);
  CHECK(report.collections.at(0).message == "401 here");
  CHECK(report.message.empty());
}

TEST_CASE("run: a store that keeps something else stops the run after one document") {
  RunFixture run;
  run.Add("a", 300);
  run.Add("b", 3);
  run.store.alters_vectors = true;
  const RunReport report = run.Run();
  CHECK(report.exit_code == 4);
  CHECK(run.store.request_sizes() == std::vector<std::size_t>{1});
  CHECK_THAT(report.collections.at(0).message, ContainsSubstring("does not hold the vector"));
  CHECK_THAT(report.collections.at(1).message, ContainsSubstring("not started"));
}

TEST_CASE("run: --max-failures stops there, exit 6") {
  RunFixture run;
  run.Add("a", 1000);
  run.max_failures = {.set = true, .percent = false, .value = 5};
  run.embedder.text_error = [](const std::string&) {
    return Error{.kind = ErrorKind::kBadText, .message = "no"};
  };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 6);
  CHECK(report.collections.at(0).counts.failed >= 5);
  CHECK(report.collections.at(0).counts.failed < 1000);
  CHECK_THAT(report.message, ContainsSubstring("--max-failures"));
}

TEST_CASE("run: --limit takes so many documents of each collection and is no failure") {
  RunFixture run;
  run.Add("a", 400);
  run.Add("b", 5);
  run.limit = 260;
  const RunReport report = run.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.collections.at(0).counts.success == 260);
  CHECK(report.collections.at(1).counts.success == 5);
}

TEST_CASE("run: a stop finishes what is in flight and says how far it came") {
  RunFixture run;
  run.Add("a", 5000);
  run.Add("b", 5);
  run.store.on_write = [&](const std::string&) { run.drain.request_stop(); };
  const RunReport report = run.Run();
  CHECK(report.exit_code == 130);
  const CollectionReport& a = report.collections.at(0);
  CHECK(a.status == CollectionStatus::kInterrupted);
  CHECK(a.counts.success == a.embedded);
  CHECK(a.counts.success < 5000);
  CHECK(report.collections.at(1).status == CollectionStatus::kInterrupted);
}

TEST_CASE("run: an unknown vector length is learned from one short text") {
  RunFixture run;
  run.Add("a", 20);
  run.provider.dimensions = 0;
  const RunReport report = run.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.dimensions == 2);
  CHECK(run.embedder.batches().front() == 1);
}

TEST_CASE("run: an unknown vector length with --no-probe is a usage error") {
  RunFixture run;
  run.Add("a", 20);
  run.provider.dimensions = 0;
  run.probe = false;
  const RunReport report = run.Run();
  CHECK(report.exit_code == 2);
  CHECK_THAT(report.message, ContainsSubstring("EMBEDDING_DIMENSIONS"));
  CHECK(run.embedder.batches().empty());
}
