#include "src/app/status.h"

#include "rollback_fixture.h"
#include "tests/support/catch2.h"
#include "tests/support/memory_recovery.h"

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

namespace {

Cutover CutoverOf(CutoverKind kind, CutoverStep step, const CollectionId& from,
                  const CollectionId& to) {
  Cutover cutover;
  cutover.kind = kind;
  cutover.step = step;
  cutover.name = "a";
  cutover.nodes = {"http://fake:8108"};
  cutover.field = "vec";
  cutover.from = from;
  cutover.to = to;
  cutover.changed = WallTime(Seconds(1'795'228'455));
  return cutover;
}

/// A journal with cutovers, and files of dropped fields.
struct CutoverFixture {
  std::unique_ptr<JournalStore> journal = MakeMemoryJournal();
  MemoryRecovery recovery;

  void Save(CutoverKind kind, CutoverStep step, const CollectionId& from, const CollectionId& to) {
    Cutover cutover = CutoverOf(kind, step, from, to);
    REQUIRE(journal->SaveCutover(cutover).ok());
  }
  /// As if a run had begun on the collection.
  void Run(const CollectionId& id) {
    RunSpec spec;
    spec.name = "a";
    spec.target = {id.name, id.created_at, "vec"};
    spec.nodes = {"http://fake:8108"};
    REQUIRE(journal->OpenRun(spec).ok());
  }
  StatusReport Status() { return Must(TakeStatus(journal.get(), "j", &recovery)); }
  std::string Rerun() { return RerunText(Status().targets.at(0)); }
  std::vector<std::string> Old() {
    std::vector<std::string> names;
    for (const LeftCollection& left : Status().old_collections) names.push_back(left.id.name);
    return names;
  }
};

const CollectionId kFirst{"a_v1", 1};
const CollectionId kSecond{"a_r2", 2};
const CollectionId kThird{"a_r3", 3};

}  // namespace

TEST_CASE("status: a rebuild that was cut off, with the file that helps by hand") {
  CutoverFixture fixture;
  fixture.Save(CutoverKind::kRebuild, CutoverStep::kDone, kFirst, kFirst);
  fixture.Save(CutoverKind::kRebuild, CutoverStep::kWriting, kFirst, kFirst);
  fixture.Run(kFirst);
  fixture.recovery.files["a_v1"] = "{}";
  const StatusReport report = fixture.Status();
  REQUIRE(report.cutovers.size() == 1);
  CHECK(report.cutovers[0].cutover.step == CutoverStep::kWriting);
  CHECK(MayBeAway(report.cutovers[0].cutover));
  CHECK(report.cutovers[0].recovery_file == "recovery/a_v1.json");
  CHECK(fixture.Rerun() == "a rerun goes on with the rebuild that was cut off");
}

TEST_CASE("status: while a rollback is cut off the rebuild behind it is not gone on with") {
  CutoverFixture fixture;
  fixture.Run(kFirst);
  fixture.Save(CutoverKind::kRebuild, CutoverStep::kWriting, kFirst, kFirst);
  fixture.Save(CutoverKind::kRebuildBack, CutoverStep::kAdding, kFirst, kFirst);
  const StatusReport report = fixture.Status();
  REQUIRE(report.cutovers.size() == 1);
  CHECK(report.cutovers[0].cutover.kind == CutoverKind::kRebuildBack);
  CHECK(fixture.Rerun() == "a rollback was cut off: run `reembed rollback` again to finish it");
}

TEST_CASE("status: an alias switch that was cut off, before there is a run") {
  CutoverFixture fixture;
  fixture.Save(CutoverKind::kAlias, CutoverStep::kCloning, kFirst, {"a_r2", 0});
  const StatusReport report = fixture.Status();
  CHECK(report.targets.empty());
  REQUIRE(report.cutovers.size() == 1);
  CHECK_FALSE(MayBeAway(report.cutovers[0].cutover));
  fixture.Run(kFirst);
  CHECK(fixture.Rerun() == "a rerun goes on with the switch from a_v1 to a_r2 that was cut off");
}

TEST_CASE("status: collections that finished alias switches left behind") {
  using Names = std::vector<std::string>;
  CutoverFixture fixture;
  fixture.Save(CutoverKind::kAlias, CutoverStep::kDone, kFirst, kSecond);
  CHECK(fixture.Old() == Names{"a_v1"});
  SECTION("one after the other") {
    fixture.Save(CutoverKind::kAlias, CutoverStep::kDone, kSecond, kThird);
    CHECK(fixture.Old() == Names{"a_v1", "a_r2"});
    fixture.Run(kFirst);
    CHECK_THAT(fixture.Rerun(), ContainsSubstring("a rerun leaves it alone"));
  }
  SECTION("and copies that were given up") {
    fixture.Save(CutoverKind::kAlias, CutoverStep::kUndone, kSecond, kThird);
    fixture.Save(CutoverKind::kAlias, CutoverStep::kUndone, kSecond, {"never made", 0});
    CHECK(fixture.Old() == Names{"a_v1", "a_r3"});
  }
  SECTION("but none while a rollback leads back to it") {
    fixture.Save(CutoverKind::kAliasBack, CutoverStep::kSwitching, kSecond, kFirst);
    CHECK(fixture.Old().empty());
  }
}

TEST_CASE("status: clusters that share a journal are told apart") {
  CutoverFixture fixture;
  fixture.Run(kFirst);
  Cutover other = CutoverOf(CutoverKind::kRebuild, CutoverStep::kWriting, kFirst, kFirst);
  other.nodes = {"http://other:8108"};
  REQUIRE(fixture.journal->SaveCutover(other).ok());
  CHECK(fixture.Status().cutovers.size() == 1);
  CHECK_FALSE(fixture.Status().targets.at(0).cutover);
}
