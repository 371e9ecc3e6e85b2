#include "reembed/core/exit_code.h"
#include "verify_fixture.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

namespace {

/// `id class` of every difference.
std::vector<std::string> Listed(const CollectionVerification& result) {
  std::vector<std::string> listed;
  for (const VerifyDifference& difference : result.differences) {
    listed.push_back(difference.id + " " + std::string(ToString(difference.finding)));
  }
  return listed;
}

using Listing = std::vector<std::string>;

}  // namespace

TEST_CASE("verify: what a run has written matches") {
  VerifyFixture fixture;
  fixture.Add("books", 150);
  fixture.Migrate("books");
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitDone);
  const CollectionVerification& books = report.collections.at(0);
  CHECK(books.scanned);
  CHECK(books.counts.documents() == 150);
  CHECK(books.counts.match == 150);
  CHECK(books.differences.empty());
  CHECK(books.recipe == "fake / model-1 / 2 dimensions");
  REQUIRE(books.run);
  CHECK(books.run->same_recipe);
  CHECK(books.notes.empty());
  CHECK(fixture.embedder.texts().empty());
}

TEST_CASE("verify: every way to differ is told apart") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 9);
  fixture.config.collections[0].on_empty_text = EmptyTextRule::kSkip;
  books.SetTitle("8", "");
  fixture.Migrate("books", {{"0", DocumentState::kFailed},
                            {"1", DocumentState::kPending},
                            {"2", DocumentState::kEmbedded},
                            {"8", DocumentState::kSkipped}});
  books.vectors["0"] = {1, 2};
  books.vectors["2"] = {1, 2};
  books.vectors["3"] = {1, 2};
  books.vectors.erase("4");
  books.vectors["5"] = {1, 2, 3};
  books.SetTitle("6", "another text");
  books.SetTitle("new", "a new one");
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitPartial);
  const CollectionVerification& result = report.collections.at(0);
  CHECK(Listed(result) == Listing{"0 failed", "1 new_since", "2 new_since", "3 differ", "4 missing",
                                  "5 wrong_length", "6 stale_text", "new new_since"});
  CHECK(result.counts == VerifyCounts{.match = 1,
                                      .differ = 1,
                                      .missing = 1,
                                      .wrong_length = 1,
                                      .stale_text = 1,
                                      .new_since = 3,
                                      .failed = 1,
                                      .skipped = 1});
  CHECK(result.counts.documents() == 10);
}

TEST_CASE("verify: a vector that was written and not yet journaled matches") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 2);
  fixture.Migrate("books", {{"1", DocumentState::kEmbedded}});
  books.vectors["1"] = VectorOf("text 1");
  CHECK(fixture.Run().collections.at(0).counts.match == 2);
}

TEST_CASE("verify: a document without text is judged by the rule and the journal") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 3);
  fixture.Migrate("books");
  books.SetTitle("0", "");                                                // had a text
  books.documents.push_back({"odd", R"({"id":"odd","title":{"a":1}})"});  // no text can be made
  books.SetTitle("empty", " ");
  SECTION("which lets it fail") {
    CHECK(Listed(fixture.Run().collections.at(0)) ==
          Listing{"0 stale_text", "odd new_since", "empty new_since"});
  }
  SECTION("which skips it") {
    fixture.config.collections[0].on_empty_text = EmptyTextRule::kSkip;
    const auto report = fixture.Run();
    CHECK(Listed(report.collections.at(0)) == Listing{"0 stale_text", "odd new_since"});
    CHECK(report.collections.at(0).counts.skipped == 1);
  }
}

TEST_CASE("verify: skipped documents alone are no difference") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 2);
  books.SetTitle("1", "");
  books.vectors["1"] = {5, 5};
  fixture.config.collections[0].on_empty_text = EmptyTextRule::kSkip;
  fixture.Migrate("books", {{"1", DocumentState::kSkipped}});
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitDone);
  CHECK(report.collections.at(0).counts.skipped == 1);
}

TEST_CASE("verify: a stream that begins again is counted once") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 200);
  fixture.Migrate("books");
  books.vectors["0"] = {1, 2};
  fixture.store.cut_scan_at = 130;
  fixture.options.recompute = 1000;
  const VerifyReport report = fixture.Run();
  const CollectionVerification& result = report.collections.at(0);
  CHECK(result.counts.match == 199);
  CHECK(result.counts.differ == 1);
  CHECK(Listed(result) == Listing{"0 differ"});
  CHECK(result.recomputed->population == 200);
}

TEST_CASE("verify: the filter leaves documents out") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 4);
  fixture.Migrate("books");
  books.vectors["3"] = {1, 2};
  books.outside = {"3"};
  fixture.config.collections[0].filter_by = "kind:=a";
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitDone);
  CHECK(report.collections.at(0).counts.documents() == 3);
}

TEST_CASE("verify: without a journal only what the store shows can be judged") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 3);
  books.vectors["0"] = {1, 2};
  books.vectors["1"] = {1, 2, 3};
  fixture.with_journal = false;
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitPartial);
  const CollectionVerification& result = report.collections.at(0);
  CHECK(Listed(result) == Listing{"0 new_since", "1 wrong_length", "2 missing"});
  CHECK_FALSE(result.run);
  REQUIRE(result.notes.size() == 1);
  CHECK_THAT(result.notes[0], ContainsSubstring("the journal knows no run of this collection"));
}

TEST_CASE("verify: a run on another cluster does not count") {
  VerifyFixture fixture;
  fixture.Add("books", 2);
  fixture.Migrate("books");
  fixture.config.typesense.nodes = {"http://two:8108"};
  const VerifyReport report = fixture.Run();
  CHECK_FALSE(report.collections.at(0).run);
  CHECK(report.collections.at(0).counts.new_since == 2);
}

TEST_CASE("verify: says when another cluster's run is what the journal knows of") {
  VerifyFixture fixture;
  fixture.Add("books", 2);
  fixture.Migrate("books");
  fixture.config.typesense.nodes = {"http://two:8108"};
  fixture.Migrate("books");
  const auto second = fixture.Run();
  CHECK(second.collections.at(0).notes.empty());
  fixture.config.typesense.nodes = {"http://one:8108"};
  const auto first = fixture.Run();
  REQUIRE(first.collections.at(0).notes.size() == 1);
  CHECK_THAT(first.collections.at(0).notes[0],
             ContainsSubstring("another cluster (http://two:8108)"));
}

TEST_CASE("verify: a collection that was made again is another one") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 2);
  fixture.Migrate("books");
  books.schema.created_at = 1'700'000'000;
  const auto report = fixture.Run();
  const auto& notes = report.collections.at(0).notes;
  REQUIRE(notes.size() == 2);
  CHECK_THAT(notes[0], ContainsSubstring("this is another one"));
}

TEST_CASE("verify: holds the store against the configured model and names the last run's") {
  VerifyFixture fixture;
  fixture.Add("books", 2);
  fixture.Migrate("books");
  SECTION("another model") {
    fixture.config.embedding.provider.model = "model-2";
    const auto report = fixture.Run();
    const CollectionVerification& result = report.collections.at(0);
    CHECK(report.exit_code == kExitPartial);
    CHECK(result.counts.new_since == 2);
    CHECK(result.recipe == "fake / model-2 / 2 dimensions");
    CHECK(result.run->recipe == "fake / model-1 / 2 dimensions");
    CHECK_FALSE(result.run->same_recipe);
    REQUIRE(result.notes.size() == 1);
    CHECK_THAT(result.notes[0], ContainsSubstring("used fake / model-1 / 2 dimensions: verified"));
  }
  SECTION("another task type") {
    fixture.config.collections[0].task_type = "SEARCH";
    const auto report = fixture.Run();
    CHECK_THAT(report.collections.at(0).notes.at(0), ContainsSubstring("had other settings"));
  }
}

TEST_CASE("verify: a length that nobody configured is the last run's") {
  VerifyFixture fixture;
  fixture.Add("books", 2);
  fixture.Migrate("books");
  fixture.provider.dimensions = 0;
  const auto report = fixture.Run();
  CHECK(report.exit_code == kExitDone);
  CHECK(report.collections.at(0).recipe == "fake / model-1 / 2 dimensions");
}

TEST_CASE("verify: says that the last run has not ended") {
  VerifyFixture fixture;
  fixture.Add("books", 2);
  fixture.Migrate("books", {{"1", DocumentState::kPending}}, /*end=*/false);
  const auto report = fixture.Run();
  CHECK(report.collections.at(0).counts.new_since == 1);
  CHECK_THAT(report.collections.at(0).notes.at(0), ContainsSubstring("has not ended"));
}

TEST_CASE("verify: a trouble of one collection leaves the others to be verified") {
  VerifyFixture fixture;
  fixture.Add("gone", 1);
  fixture.Add("books", 2);
  fixture.Migrate("books");
  fixture.store.collections.erase("gone");
  SECTION("missing") {
    const VerifyReport report = fixture.Run();
    CHECK(report.exit_code == kExitRefused);
    CHECK(report.collections.at(0).error == "there is no collection gone");
    CHECK_FALSE(report.collections.at(0).scanned);
    CHECK(report.collections.at(1).counts.match == 2);
  }
  SECTION("skipped by the configuration") {
    fixture.config.collections[0].skip_reason = "not ours";
    const VerifyReport report = fixture.Run();
    CHECK(report.exit_code == kExitDone);
    CHECK(report.collections.at(0).skip_reason == "not ours");
  }
}

TEST_CASE("verify: a field that the schema lacks is refused") {
  VerifyFixture fixture;
  fixture.Add("books", 2).schema.fields.pop_back();
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitRefused);
  CHECK_THAT(report.collections.at(0).error, ContainsSubstring("has no field `vec`"));
}

TEST_CASE("verify: a cluster that does not answer is asked once") {
  VerifyFixture fixture;
  fixture.Add("books", 2);
  fixture.Add("films", 2);
  fixture.store.scan_error = Error{.kind = ErrorKind::kOutage, .message = "no node answers"};
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitTemporary);
  CHECK(report.message == "no node answers");
  CHECK(report.collections.at(1).error == "not verified: no node answers");
  CHECK(fixture.store.scans() == 1);
}

TEST_CASE("verify: a signal ends it") {
  VerifyFixture fixture;
  fixture.Add("books", 2);
  fixture.Add("films", 2);
  fixture.Migrate("books");
  fixture.store.on_scan = [&](std::size_t) { fixture.drain.request_stop(); };
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitInterrupted);
  CHECK_FALSE(report.collections.at(0).scanned);
  CHECK(fixture.store.scans() == 1);
}

TEST_CASE("verify: lists the first thousand differences and counts all") {
  VerifyFixture fixture;
  fixture.Add("books", 1100);
  fixture.with_journal = false;
  const auto report = fixture.Run();
  CHECK(report.collections.at(0).counts.missing == 1100);
  CHECK(report.collections.at(0).differences.size() == 1000);
}
