#include "reembed/core/exit_code.h"
#include "verify_fixture.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("verify: a field that a rebuild took away and did not bring back is a difference") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 2);
  fixture.Migrate("books", {}, /*end=*/false);
  const CollectionId id{"books", 0};
  SECTION("whether a search was asked for or not, and the documents are read all the same") {
    fixture.options.sample = GENERATE(std::size_t{0}, std::size_t{20});
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kWriting, id, id);
    books.schema.fields.pop_back();
    const VerifyReport report = fixture.Run();
    CHECK(report.exit_code == kExitPartial);
    const CollectionVerification& result = report.collections.at(0);
    CHECK(result.search_away ==
          "vector search on books is away: a rebuild of books was cut off at the step `writing`, "
          "since 2026-11-21T00:00:00Z; run `reembed` again to go on with it, or `reembed rollback` "
          "to go back");
    CHECK(result.Differs());
    CHECK(result.error.empty());
    CHECK(result.counts.match == 2);
    CHECK(result.notes.empty());
    CHECK_FALSE(result.index);
  }
  SECTION("with the file that brings it back by hand") {
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kDropping, id, id);
    fixture.recovery.files["books"] = "{}";
    books.schema.fields.pop_back();
    CHECK_THAT(fixture.Run().collections.at(0).search_away,
               ContainsSubstring(
                   "; without reembed the calls in recovery/books.json bring the field back"));
  }
  SECTION("a rollback goes on with a rollback only") {
    fixture.Cut(CutoverKind::kRebuildBack, CutoverStep::kWriting, id, id);
    books.schema.fields.pop_back();
    const auto report = fixture.Run();
    CHECK_THAT(report.collections.at(0).search_away,
               ContainsSubstring("; run `reembed rollback` again to finish it"));
    CHECK(report.collections.at(0).notes.empty());  // not "run again"
  }
  SECTION("the server has detected it by itself") {
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kWriting, id, id);
    books.schema.fields.back().num_dim.reset();
    const auto report = fixture.Run();
    CHECK(report.exit_code == kExitPartial);
    CHECK_THAT(report.collections.at(0).search_away,
               ContainsSubstring("vector search on books is away"));
  }
}

TEST_CASE("verify: a field without the length that the journal knows is a difference") {
  VerifyFixture fixture;
  FakeCollection& books = fixture.Add("books", 2);
  books.schema.fields.back().num_dim.reset();
  SECTION("from a rebuild that is done") {
    fixture.Migrate("books");
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kDone, {"books", 0}, {"books", 0});
    const auto report = fixture.Run();
    CHECK(report.exit_code == kExitPartial);
    CHECK(report.collections.at(0).search_away ==
          "vector search on books is away: field `vec` has no `num_dim`, although the journal says "
          "2 dimensions; drop it and add it with that `num_dim` in one request, then run `reembed` "
          "again");
  }
  SECTION("from one that was undone") {
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kUndone, {"books", 0}, {"books", 0});
    CHECK_THAT(fixture.Run().collections.at(0).search_away,
               ContainsSubstring("the journal says 3 dimensions"));
  }
  SECTION("from the run, of a nested field, which the server detects") {
    books.schema.enable_nested_fields = true;
    books.schema.fields.back().name = "meta.vec";
    fixture.config.collections[0].embedding_field = "meta.vec";
    fixture.Migrate("books");
    CHECK_THAT(fixture.Run().collections.at(0).search_away,
               ContainsSubstring("field `meta.vec` has no `num_dim`"));
  }
  SECTION("not when it was declared so: nobody ever searched by it") {
    fixture.options.sample = 20;
    fixture.Migrate("books");
    const auto report = fixture.Run();
    CHECK(report.exit_code == kExitDone);
    CHECK(report.collections.at(0).search_away.empty());
    CHECK_THAT(report.collections.at(0).notes.at(0), ContainsSubstring("no vector index"));
  }
}

TEST_CASE("verify: what was cut off and leaves searches alone is a note") {
  VerifyFixture fixture;
  fixture.Add("books", 2);
  fixture.Migrate("books");
  const auto note = [&] {
    const VerifyReport report = fixture.Run();
    CHECK(report.exit_code == kExitDone);
    CHECK(report.collections.at(0).search_away.empty());
    REQUIRE(report.collections.at(0).notes.size() == 1);
    return report.collections.at(0).notes[0];
  };
  SECTION("an alias that is not switched yet") {
    fixture.Cut(CutoverKind::kAlias, CutoverStep::kFilling, {"books", 0}, {"books_r1", 7});
    CHECK(note() ==
          "an alias switch from books to books_r1 was cut off at the step `filling`, since "
          "2026-11-21T00:00:00Z; books serves as before; run `reembed` again to go on with it, or "
          "`reembed rollback` to go back");
  }
  SECTION("one that is switched") {
    fixture.Cut(CutoverKind::kAlias, CutoverStep::kCarrying, {"books_v1", 7}, {"books", 0});
    CHECK_THAT(note(), !ContainsSubstring("serves as before"));
  }
  SECTION("a rebuild whose field stands") {
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kDropping, {"books", 0}, {"books", 0});
    CHECK_THAT(note(), ContainsSubstring("a rebuild of books was cut off at the step `dropping`"));
  }
}

TEST_CASE("verify: a field that is gone without the journal's knowledge names what can be done") {
  VerifyFixture fixture;
  fixture.Add("books", 2).schema.fields.pop_back();
  fixture.recovery.files["books"] = "{}";
  const VerifyReport report = fixture.Run();
  CHECK(report.exit_code == kExitRefused);
  CHECK_THAT(report.collections.at(0).error,
             ContainsSubstring("the calls in recovery/books.json bring it back"));
}
