#include "src/app/status.h"

#include "rollback_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

TEST_CASE("status: without a journal there is nothing to ask") {
  const StatusReport report = Must(TakeStatus(nullptr, ".reembed/journal.db"));
  CHECK_FALSE(report.exists);
  CHECK(report.journal == ".reembed/journal.db");
  CHECK(report.targets.empty());
}

TEST_CASE("status: targets by their latest run, runs latest first") {
  RollbackFixture fixture;
  fixture.Add("a", 3);
  fixture.Add("b", 2);
  fixture.Migrate("a", {.model = "model-1"});
  fixture.Migrate("b");
  fixture.Migrate("a", {.model = "model-2"});
  const std::vector<RunRecord> runs = fixture.Runs();
  const StatusReport report = Must(TakeStatus(fixture.memory.get(), "j"));
  CHECK(report.exists);
  REQUIRE(report.targets.size() == 2);
  const StatusTarget& a = report.targets[0];
  CHECK(a.name == "a");
  CHECK(a.collection == "a");
  CHECK(a.field == "vec");
  CHECK(a.written == 3);
  CHECK(RerunText(a) ==
        "nothing is left to do as far as the journal knows; `verify` looks at the store");
  REQUIRE(a.runs.size() == 2);
  CHECK(a.runs[0].id == runs[2].id);
  CHECK(a.runs[0].recipe == "fake / model-2 / 2 dimensions");
  CHECK(a.runs[0].state == StatusOfRun::kEnded);
  CHECK(a.runs[0].started == runs[2].started);
  CHECK(a.runs[0].ended == runs[2].ended);
  CHECK(a.runs[0].backups == 3);
  CHECK(a.runs[1].id == runs[0].id);
  CHECK(report.targets[1].name == "b");
  CHECK(report.targets[1].written == 2);
}

TEST_CASE("status: a collection that was made anew is a target of its own") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 1);
  fixture.Migrate("a");
  collection.schema.created_at += 1;
  fixture.Migrate("a");
  CHECK(Must(TakeStatus(fixture.memory.get(), "j")).targets.size() == 2);
}

TEST_CASE("status: a run that was rolled back is shown as such") {
  RollbackFixture fixture;
  fixture.Add("a", 2);
  fixture.Migrate("a");
  fixture.Run();
  const StatusReport report = Must(TakeStatus(fixture.memory.get(), "j"));
  CHECK(report.targets.front().runs.front().state == StatusOfRun::kRolledBack);
  CHECK(report.targets.front().embedded == 2);
  CHECK(report.targets.front().written == 0);
}

TEST_CASE("status: pruning says what went and what documents still need") {
  RollbackFixture fixture;
  fixture.Add("a", 2);
  fixture.Add("b", 3);
  fixture.Migrate("a");
  fixture.Migrate("b");
  fixture.config.collections.resize(1);
  fixture.Run();  // the vectors of `a` are to be written again
  CHECK(PrunableOf(Must(TakeStatus(fixture.memory.get(), "j"))).backups == 5);

  const StatusReport report =
      Must(PruneJournal(fixture.journal, "j", fixture.clock.Wall() + Seconds(1)));
  REQUIRE(report.pruned);
  CHECK(report.pruned->runs == 2);
  CHECK(report.pruned->backups == 5);
  CHECK(report.pruned->vectors_needed == 2);
  CHECK(report.targets.size() == 2);
  CHECK(report.targets[0].runs[0].pruned);
  CHECK(PrunableOf(report).runs == 0);
}

TEST_CASE("status: a journal that may not be written is not pruned") {
  RollbackFixture fixture;
  fixture.journal.read_only = true;
  CHECK(PruneJournal(fixture.journal, "j", fixture.clock.Wall()).error().kind ==
        ErrorKind::kRefused);
}
