#include "doctor_fixture.h"
#include "reembed/core/exit_code.h"

using namespace reembed;           // NOLINT(google-build-using-namespace)
using namespace reembed::testing;  // NOLINT(google-build-using-namespace)

TEST_CASE("doctor: a field that is away is a problem with a way on") {
  DoctorFixture fixture;
  const CollectionId id{"books", 0};
  SECTION("of a rebuild") {
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kWriting, id, id);
    fixture.recovery.files["books"] = "{}";
    fixture.books().schema.fields.pop_back();
    const DoctorReport report = fixture.Run();
    CHECK(report.exit_code == kExitRefused);
    CHECK(Problems(report) ==
          std::vector<std::string>{
              "'books': vector search on books is away: a rebuild of books was cut off at the step "
              "`writing`, since 2026-11-21T00:00:00Z → run `reembed` again to go on with it, or "
              "`reembed rollback` to go back; without reembed the calls in recovery/books.json "
              "bring the field back"});
  }
  SECTION("that the server has detected again, of a rollback; no run is promised") {
    REQUIRE(fixture.journal->OpenRun(fixture.OpenSpec()).ok());
    fixture.Cut(CutoverKind::kRebuildBack, CutoverStep::kWriting, id, id);
    fixture.books().schema.fields.back().num_dim.reset();
    const DoctorReport report = fixture.Run();
    const auto problems = Problems(report);
    REQUIRE(problems.size() == 2);  // the plan refuses it too
    CHECK_THAT(problems[1], ContainsSubstring(" → run `reembed rollback` again to finish it"));
    for (const DoctorLine& line : report.lines) {
      CHECK_THAT(line.what, !ContainsSubstring("a rerun goes on with it"));
    }
  }
  SECTION("of a collection that is not configured any more") {
    fixture.store.collections["old"] = MakeCollection("old", 1);
    fixture.store.collections["old"].schema.fields.pop_back();
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kAdding, {"old", 0}, {"old", 0});
    CHECK(Problems(fixture.Run()).size() == 1);
  }
  SECTION("that the journal does not know of") {
    fixture.recovery.files["books"] = "{}";
    fixture.books().schema.fields.pop_back();
    CHECK_THAT(Problems(fixture.Run()).at(0),
               ContainsSubstring("The calls in recovery/books.json bring the field back"));
  }
}

TEST_CASE("doctor: what was cut off and leaves searches alone is a warning") {
  DoctorFixture fixture;
  const CollectionId id{"books", 0};
  SECTION("a rebuild whose field stands") {
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kDropping, id, id);
    const DoctorReport report = fixture.Run();
    CHECK(report.exit_code == kExitDone);
    CHECK(Warnings(report) ==
          std::vector<std::string>{
              "'books': a rebuild of books was cut off at the step `dropping`, since "
              "2026-11-21T00:00:00Z → run `reembed` again to go on with it, or `reembed rollback` "
              "to go back"});
  }
  SECTION("an alias switch") {
    fixture.Cut(CutoverKind::kAlias, CutoverStep::kFilling, id, {"books_r1", 7});
    CHECK_THAT(Warnings(fixture.Run()).at(0), ContainsSubstring("from books to books_r1 was cut"));
  }
  SECTION("when nobody can say, it may be away") {
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kWriting, id, id);
    fixture.store.describe_error = Error{.kind = ErrorKind::kUnreachable, .message = "no node"};
    CHECK_THAT(Warnings(fixture.Run()).at(0),
               ContainsSubstring("vector search on books may be away"));
  }
}

TEST_CASE("doctor: what was cut off and is void is no trouble") {
  DoctorFixture fixture;
  const CollectionId id{"books", 0};
  const CollectionId gone{"books", 99};
  SECTION("with its collection") {
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kWriting, gone, gone);
    CHECK_THAT(LinesOf(fixture.Run(), DoctorLevel::kOk).back(),
               ContainsSubstring("; the collection is gone since"));
  }
  SECTION("by a later one") {
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kWriting, id, id);
    fixture.Cut(CutoverKind::kRebuildBack, CutoverStep::kDone, id, id);
  }
  SECTION("here, on another cluster") {
    fixture.config.typesense.nodes = {"http://other:8108"};
    fixture.Cut(CutoverKind::kRebuild, CutoverStep::kWriting, id, id);
    fixture.config.typesense.nodes = {"http://fake:8108"};
  }
  const DoctorReport report = fixture.Run();
  CHECK(Warnings(report).empty());
  CHECK(Problems(report).empty());
}
