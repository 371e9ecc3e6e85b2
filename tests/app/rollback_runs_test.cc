#include "src/app/rollback_runs.h"

#include "rollback_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

RunRecord Run(std::int64_t number, const std::string& id, const std::string& collection) {
  RunRecord run;
  run.id = id;
  run.number = number;
  run.target = {collection, 0, "vec"};
  run.nodes = {"http://a:8108"};
  run.state = RunState::kEnded;
  run.backups = 5;
  return run;
}

RunsToUndo Choose(const std::vector<RunRecord>& all, const std::string& collection,
                  const std::string& asked) {
  return ChooseRuns(all, {collection, 0, "vec"}, {"http://a:8108"}, asked);
}

}  // namespace

TEST_CASE("rollback runs: --run takes all since the first run of that id, whatever their ids") {
  const std::vector<RunRecord> all = {Run(1, "r-1", "b"), Run(2, "r-2", "a"), Run(3, "r-3", "b"),
                                      Run(4, "r-4", "a"), Run(5, "r-4", "b")};
  CHECK(Choose(all, "a", "r-2").Numbers() == std::vector<std::int64_t>{2, 4});
  CHECK(Choose(all, "b", "r-2").Numbers() == std::vector<std::int64_t>{3, 5});
  CHECK(Choose(all, "b", "r-1").Numbers() == std::vector<std::int64_t>{1, 3, 5});
  CHECK(Choose(all, "b", "r-4").Numbers() == std::vector<std::int64_t>{5});
  CHECK(Choose(all, "a", "").Numbers() == std::vector<std::int64_t>{4});
}

TEST_CASE("rollback runs: a collection whose runs are all older has nothing to roll back") {
  const std::vector<RunRecord> all = {Run(1, "r-1", "a"), Run(2, "r-2", "b")};
  const RunsToUndo choice = Choose(all, "a", "r-2");
  CHECK(choice.verdict == RunsToUndo::Verdict::kNothing);
  CHECK(choice.message == "it has no run from run r-2 on");
}

TEST_CASE("rollback runs: of a run done in part without a backup that part is told") {
  RunRecord run = Run(1, "r-1", "a");
  run.with_backup = false;
  SECTION("some backups") {
    const RunsToUndo choice = Choose({run}, "a", "");
    CHECK(choice.verdict == RunsToUndo::Verdict::kUndo);
    CHECK(choice.notes ==
          std::vector<std::string>{
              "a part of run r-1 was done without a backup (--no-backup): documents "
              "that it wrote then keep its vectors"});
    CHECK(choice.WhyWithoutBackup() == "may have been written without a backup");
  }
  SECTION("no backup at all") {
    run.backups = 0;
    const RunsToUndo choice = Choose({run}, "a", "");
    CHECK(choice.verdict == RunsToUndo::Verdict::kImpossible);
    CHECK(choice.message == "run r-1 kept no backup (--no-backup)");
  }
  SECTION("gone") {
    run.pruned = true;
    CHECK(Choose({run}, "a", "").verdict == RunsToUndo::Verdict::kImpossible);
  }
}

TEST_CASE("rollback runs: why a document has no backup") {
  RunRecord pruned = Run(2, "r-2", "a");
  pruned.pruned = true;
  const std::vector<RunRecord> all = {Run(1, "r-1", "a"), pruned};
  CHECK(Choose(all, "a", "r-1").WhyWithoutBackup() == "its backup may have been removed");
  CHECK(Choose({all[0]}, "a", "r-1").WhyWithoutBackup().empty());
}

TEST_CASE("rollback: a migration that reached its second collection later is undone at once") {
  RollbackFixture fixture;
  fixture.Add("a", 1);
  fixture.Add("b", 1);
  const auto a = fixture.Fields("a");
  const auto b = fixture.Fields("b");
  fixture.Migrate("a");
  fixture.Migrate("b");
  const std::string first = fixture.Runs().front().id;
  const std::string second = fixture.Runs().back().id;
  REQUIRE(first != second);

  SECTION("by the first id") {
    const RollbackReport report = fixture.Run(first);
    CHECK(report.exit_code == 0);
    CHECK(report.collections[0].runs == std::vector<std::string>{first});
    CHECK(report.collections[1].runs == std::vector<std::string>{second});
    CHECK(fixture.Fields("a") == a);
    CHECK(fixture.Fields("b") == b);
  }
  SECTION("by the second id the first collection is left alone") {
    const auto migrated = fixture.Fields("a");
    const RollbackReport report = fixture.Run(second);
    CHECK(report.exit_code == 0);
    CHECK(report.collections[0].status == RollbackStatus::kNothing);
    CHECK(report.collections[0].message == "it has no run from run " + second + " on");
    CHECK(fixture.Fields("a") == migrated);
    CHECK(fixture.Fields("b") == b);
  }
}

TEST_CASE("rollback: a run of which documents failed stays, and the next call tries just those") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 30);
  const auto original = fixture.Fields("a");
  fixture.Migrate("a", {.model = "model-1"});
  const auto before = fixture.Fields("a");
  fixture.Migrate("a", {.model = "model-2"});
  collection.rejected = {"17"};
  collection.vectors["3"] = {7, 7};
  CHECK(fixture.Run().exit_code == 3);
  CHECK(fixture.Runs().back().state == RunState::kEnded);

  collection.rejected.clear();
  collection.vectors["3"] = NewVector("model-1", "3");
  const RollbackReport again = fixture.Run();
  CHECK(again.exit_code == 0);
  CHECK(again.collections.front().counts.as_before == 29);
  CHECK(again.collections.front().counts.restored == 1);
  CHECK(fixture.Fields("a") == before);
  CHECK(fixture.Runs().back().state == RunState::kRolledBack);
  CHECK(fixture.Runs().front().state == RunState::kEnded);

  CHECK(fixture.Run().exit_code == 0);
  CHECK(fixture.Fields("a") == original);
}

TEST_CASE("rollback: past documents that fail for good --run goes to an older run") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 3);
  const auto original = fixture.Fields("a");
  fixture.Migrate("a", {.model = "model-1"});
  fixture.Migrate("a", {.model = "model-2"});
  collection.rejected = {"1"};
  CHECK(fixture.Run().exit_code == 3);
  collection.rejected.clear();
  CHECK(fixture.Run(fixture.Runs().front().id).exit_code == 0);
  CHECK(fixture.Fields("a") == original);
}

TEST_CASE("rollback: documents that are left alone do not keep their run") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 3);
  fixture.Migrate("a");
  for (const char* id : {"0", "1", "2"}) collection.vectors[id] = {7, 7};
  CHECK(fixture.Plan().exit_code == 0);
  CHECK(fixture.Run().exit_code == 3);
  CHECK(fixture.Runs().front().state == RunState::kRolledBack);
}

TEST_CASE("rollback: a run of one part with a backup and one without") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 3);
  const auto before = fixture.Fields("a");
  fixture.Migrate("a");
  collection.SetTitle("3", "text 3");
  fixture.Migrate("a", {.backup = false});
  collection.SetTitle("4", "text 4");  // never had a vector
  collection.SetTitle("5", "text 5");
  collection.vectors["5"] = {7, 7};
  REQUIRE(fixture.Runs().size() == 1);
  REQUIRE_FALSE(fixture.Runs().front().with_backup);

  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 3);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.notes.size() == 1);
  CHECK(result.counts.restored == 3);
  CHECK(result.counts.left == 1);
  CHECK(result.counts.without_backup == 2);
  REQUIRE(result.left.size() == 1);
  CHECK(result.left[0].id == "3");
  CHECK(result.left[0].kind == LeftKind::kNoBackup);
  CHECK(result.left[0].reason == "may have been written without a backup");
  CHECK(fixture.Fields("a").at("0") == before.at("0"));
  CHECK(collection.vectors.at("3") == NewVector("model-1", "3"));
  CHECK(fixture.Runs().front().state == RunState::kRolledBack);
}

TEST_CASE("rollback: what was up to date when a run with backups began is not listed") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 3);
  fixture.Migrate("a");
  fixture.Run();
  // Up to date for the second run: it holds the vector of its text.
  collection.raw_fields.erase("0");
  collection.vectors["0"] = NewVector("model-1", "0");
  fixture.Migrate("a");
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.collections.front().counts.restored == 2);
  CHECK(report.collections.front().counts.without_backup == 1);
  CHECK(report.collections.front().left.empty());
}

TEST_CASE("rollback: a run that has nothing to give back ends unasked") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 2);
  const auto original = fixture.Fields("a");
  fixture.Migrate("a", {.model = "model-1"});
  const auto migrated = fixture.Fields("a");
  fixture.Migrate("a", {.model = "model-2"});
  collection.vectors["0"] = NewVector("model-1", "0");
  collection.vectors["1"] = NewVector("model-1", "1");

  SECTION("the next rollback reaches the run before") {
    CHECK(fixture.Run("", true).exit_code == 0);
    CHECK(fixture.Fields("a") == migrated);
    CHECK(fixture.store.request_sizes().empty());
    CHECK(fixture.Runs().back().state == RunState::kRolledBack);
    CHECK(fixture.Run().exit_code == 0);
    CHECK(fixture.Fields("a") == original);
  }
  SECTION("what turns up after the plan is not given back unasked") {
    collection.vectors["1"] = NewVector("model-2", "1");
    const auto now = fixture.Fields("a");
    const RollbackReport report = fixture.Run("", true);
    CHECK(report.exit_code == 5);
    CHECK(report.message == "documents to restore have turned up since the plan was made");
    CHECK(fixture.Fields("a") == now);
    CHECK(fixture.Runs().back().state == RunState::kEnded);
  }
}

TEST_CASE("rollback: documents without a vector again are counted, their index entries told") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 4);
  collection.raw_fields.erase("1");
  collection.raw_fields["2"] = "null";
  fixture.Migrate("a");
  SECTION("with an index") {
    const RollbackReport report = fixture.Run();
    CHECK(report.exit_code == 0);
    CHECK(report.collections.front().counts.restored == 4);
    CHECK(report.collections.front().counts.emptied == 2);
    CHECK(report.collections.front().notes ==
          std::vector<std::string>{
              "2 documents have no vector again; Typesense may still find them by the new one "
              "until it restarts or the field is dropped and added"});
  }
  SECTION("without an index") {
    collection.schema.fields.back().index = false;
    const RollbackReport report = fixture.Run();
    CHECK(report.collections.front().counts.emptied == 2);
    CHECK(report.collections.front().notes.empty());
  }
}

TEST_CASE("rollback: an interrupted one with --run names the same call again") {
  RollbackFixture fixture;
  fixture.Add("a", 2);
  fixture.Migrate("a");
  fixture.drain.request_stop();
  const std::string id = fixture.Runs().front().id;
  CHECK(fixture.Run(id).message ==
        "interrupted: run `reembed rollback --run " + id + "` again to finish");
}
