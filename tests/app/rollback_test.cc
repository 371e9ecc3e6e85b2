#include "src/app/rollback.h"

#include "rollback_fixture.h"
#include "src/app/status.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

TEST_CASE("rollback: gives back every kind of field byte for byte") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 7);
  collection.raw_fields["0"] = "[0.25,-1.5]";
  collection.raw_fields["1"] = "[0.1234567890123,1.0]";
  collection.raw_fields["2"] = "[1,2.5]";
  collection.raw_fields["3"] = "[1.0,2]";
  collection.raw_fields["4"] = "\"a text\"";
  collection.raw_fields.erase("5");
  collection.raw_fields["6"] = "null";
  const auto before = fixture.Fields("a");
  CHECK(fixture.Migrate("a") == 7);
  CHECK(fixture.Fields("a") != before);

  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 0);
  CHECK_FALSE(report.dry_run);
  REQUIRE(report.collections.size() == 1);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.status == RollbackStatus::kRestored);
  CHECK(result.counts.to_restore == 7);
  CHECK(result.counts.restored == 7);
  CHECK(result.runs == std::vector<std::string>{fixture.Runs().front().id});

  auto expected = before;
  expected["6"] = "";  // the store takes null for "remove the key"
  CHECK(fixture.Fields("a") == expected);
  CHECK(fixture.Runs().front().state == RunState::kRolledBack);
}

TEST_CASE("rollback: vectors that are not ours are left alone and listed") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 5);
  const auto before = fixture.Fields("a");
  fixture.Migrate("a");
  collection.vectors["1"] = {7, 7};
  collection.vectors.erase("2");
  collection.raw_fields["3"] = "true";

  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 3);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.status == RollbackStatus::kPartial);
  CHECK(result.counts.restored == 2);
  CHECK(result.counts.left == 3);
  const auto left = [&](const std::string& id) {
    const auto found = std::find_if(result.left.begin(), result.left.end(),
                                    [&](const UnrestoredDocument& one) { return one.id == id; });
    REQUIRE(found != result.left.end());
    return found->reason;
  };
  CHECK(left("1") == "holds a vector that is not ours");
  CHECK(left("2") == "its vector was removed since");
  CHECK(left("3") == "holds a value that is not ours");
  CHECK(
      fixture.Fields("a") ==
      std::map<std::string, std::string>{
          {"0", before.at("0")}, {"1", "[7,7]"}, {"2", ""}, {"3", "true"}, {"4", before.at("4")}});
}

TEST_CASE("rollback: the latest run without --run, everything since with it") {
  RollbackFixture fixture;
  fixture.Add("a", 3);
  const auto original = fixture.Fields("a");
  fixture.Migrate("a", {.model = "model-1"});
  const auto first = fixture.Fields("a");
  fixture.Migrate("a", {.model = "model-2"});
  const std::string first_id = fixture.Runs().front().id;
  const std::string second_id = fixture.Runs().back().id;
  REQUIRE(first_id != second_id);

  SECTION("step by step") {
    CHECK(fixture.Run().collections.front().runs == std::vector<std::string>{second_id});
    CHECK(fixture.Fields("a") == first);
    CHECK(fixture.Run().collections.front().runs == std::vector<std::string>{first_id});
    CHECK(fixture.Fields("a") == original);
  }
  SECTION("at once") {
    const RollbackReport report = fixture.Run(first_id);
    CHECK(report.exit_code == 0);
    CHECK(report.run == first_id);
    CHECK(report.collections.front().runs == std::vector<std::string>{first_id, second_id});
    CHECK(fixture.Fields("a") == original);
    CHECK(fixture.Runs().front().state == RunState::kRolledBack);
    CHECK(fixture.Runs().back().state == RunState::kRolledBack);
  }
  SECTION("again") {
    fixture.Run(first_id);
    const RollbackReport latest = fixture.Run();
    CHECK(latest.exit_code == 0);
    CHECK(latest.collections.front().status == RollbackStatus::kNothing);
    CHECK(latest.collections.front().message == "run " + second_id + " was rolled back already");
    const RollbackReport asked = fixture.Run(first_id);
    CHECK(asked.exit_code == 0);
    CHECK(asked.collections.front().status == RollbackStatus::kNothing);
    CHECK(asked.collections.front().message == "run " + first_id + " was rolled back already");
    CHECK(fixture.Fields("a") == original);
  }
}

TEST_CASE("rollback: runs on another cluster are not undone") {
  RollbackFixture fixture;
  fixture.Add("a", 2);
  fixture.Migrate("a", {.nodes = {"http://other:8108"}});
  const auto before = fixture.Fields("a");
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.collections.front().message == "its runs were on another cluster: left alone");
  CHECK(fixture.Fields("a") == before);
}

TEST_CASE("rollback: a collection that was made anew is left alone") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 2);
  fixture.Migrate("a");
  collection.schema.created_at += 1;
  const auto before = fixture.Fields("a");
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.collections.front().status == RollbackStatus::kNothing);
  CHECK(report.collections.front().message ==
        "the collection was made anew since run " + fixture.Runs().front().id + ": left alone");
  CHECK(fixture.Fields("a") == before);
}

TEST_CASE("rollback: an interrupted one is finished by the next") {
  RollbackFixture fixture;
  fixture.Add("a", 40);
  fixture.Add("b", 2);
  const auto before = fixture.Fields("a");
  fixture.Migrate("a");
  fixture.Migrate("b");
  std::size_t written = 0;
  fixture.store.on_write = [&](const std::string&) {
    if (++written == 5) fixture.drain.request_stop();
  };
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 130);
  CHECK(report.message == "interrupted: run `reembed rollback` again to finish");
  // The first document alone, then ten; the request in work is finished and recorded.
  CHECK(report.collections[0].counts.restored == 11);
  CHECK(report.collections[0].status == RollbackStatus::kInterrupted);
  CHECK(report.collections[1].status == RollbackStatus::kInterrupted);
  CHECK(report.collections[1].message ==
        "not started: interrupted: run `reembed rollback` again to finish");
  CHECK(fixture.Runs().front().state == RunState::kEnded);

  fixture.drain = std::stop_source();
  const RollbackReport again = fixture.Run();
  CHECK(again.exit_code == 0);
  CHECK(again.collections[0].counts.as_before == 11);
  CHECK(again.collections[0].counts.restored == 29);
  CHECK(fixture.Fields("a") == before);
}

TEST_CASE("rollback: what was written and not recorded is found as it was before") {
  RollbackFixture fixture;
  fixture.Add("a", 3);
  fixture.Add("b", 1);
  const auto before = fixture.Fields("a");
  fixture.Migrate("a");
  fixture.Migrate("b");
  fixture.journal.disk_full = true;
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 5);
  CHECK(report.collections[0].message == "the disk is full");
  CHECK(report.collections[0].counts.restored == 0);
  CHECK(report.collections[1].message == "not started: the disk is full");

  fixture.journal.disk_full = false;
  const RollbackReport again = fixture.Run();
  CHECK(again.exit_code == 0);
  CHECK(again.collections[0].counts.as_before == 1);
  CHECK(again.collections[0].counts.restored == 2);
  CHECK(fixture.Fields("a") == before);
}

TEST_CASE("rollback: deleted documents are counted and stay deleted") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 6);
  fixture.Migrate("a");
  collection.RemoveDocument("0");
  fixture.store.on_write = [&](const std::string& id) {
    if (id == "4") collection.RemoveDocument("4");
  };
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.collections.front().counts.gone == 2);
  CHECK(report.collections.front().counts.restored == 4);
  CHECK(collection.documents.size() == 4);
}

TEST_CASE("rollback: a field that the store refuses is listed, the others go on") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 30);
  fixture.Migrate("a");
  collection.rejected = {"0", "17"};
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 3);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.counts.restored == 28);
  CHECK(result.counts.failed == 2);
  REQUIRE(result.left.size() == 2);
  CHECK(result.left[0].id == "0");
  CHECK(result.left[1].id == "17");
  CHECK(result.left[1].kind == LeftKind::kRejected);
  CHECK(result.left[1].reason == "its old field was refused: refused here");
  CHECK(collection.vectors.at("17") == NewVector("model-1", "17"));
}

TEST_CASE("rollback: what the application changes after the scan is left alone") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 4);
  const auto before = fixture.Fields("a");
  fixture.Migrate("a");
  // The first document has been written when the second is looked up.
  fixture.store.on_write = [&](const std::string& id) {
    if (id != "0") return;
    collection.vectors["2"] = {7, 7};
    collection.RemoveDocument("3");
  };
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 3);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.counts.to_restore == 4);
  CHECK(result.counts.restored == 2);
  CHECK(result.counts.left == 1);
  CHECK(result.counts.gone == 1);
  REQUIRE(result.left.size() == 1);
  CHECK(result.left[0].id == "2");
  CHECK(fixture.Fields("a") == std::map<std::string, std::string>{
                                   {"0", before.at("0")}, {"1", before.at("1")}, {"2", "[7,7]"}});
}

TEST_CASE("rollback: a plan counts and changes nothing") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 70);
  fixture.Migrate("a");
  collection.vectors["3"] = {7, 7};
  collection.RemoveDocument("4");
  collection.SetTitle("late", "came later");
  const auto before = fixture.Fields("a");
  fixture.journal.read_only = true;
  const RollbackReport report = fixture.Plan();
  CHECK(report.dry_run);
  CHECK(report.exit_code == 0);
  CHECK(report.ChangesStore());
  CHECK(report.collections.front().counts.to_restore == 68);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.status == RollbackStatus::kPlanned);
  CHECK(result.counts.left == 1);
  CHECK(result.counts.gone == 1);
  CHECK(result.counts.without_backup == 1);
  CHECK(result.counts.restored == 0);
  CHECK(fixture.Fields("a") == before);
  CHECK(fixture.store.request_sizes().empty());
  CHECK(fixture.Runs().front().state == RunState::kEnded);
}

TEST_CASE("rollback: a later run writes the vectors again and pays for none") {
  RollbackFixture fixture;
  fixture.Add("a", 4);
  CHECK(fixture.Migrate("a") == 4);
  const auto migrated = fixture.Fields("a");
  fixture.Run();
  const StatusReport status = Must(TakeStatus(fixture.memory.get(), "journal"));
  CHECK(status.targets.front().embedded == 4);
  CHECK(RerunText(status.targets.front()) == "a rerun writes 4 vectors that are paid for");
  CHECK(fixture.Migrate("a") == 0);
  CHECK(fixture.Fields("a") == migrated);
  CHECK(fixture.Runs().size() == 2);
  CHECK(fixture.Run().exit_code == 0);
}

TEST_CASE("rollback: an id that no run has is a usage error that names the latest") {
  RollbackFixture fixture;
  fixture.Add("a", 1);
  fixture.Migrate("a");
  const RollbackReport report = fixture.Run("r-7");
  CHECK(report.exit_code == 2);
  CHECK(report.message == "there is no run 'r-7'; the latest are " + fixture.Runs().front().id +
                              " (`reembed status` lists all)");
  CHECK(fixture.reader.described == 0);
}

TEST_CASE("rollback: without any run nothing is asked and nothing is done") {
  RollbackFixture fixture;
  fixture.Add("a", 1);
  fixture.Add("b", 1);
  fixture.config.collections[1].skip_reason = "computed elsewhere";
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 0);
  CHECK(report.collections[0].status == RollbackStatus::kNothing);
  CHECK(report.collections[0].message == "the journal has no run");
  CHECK(report.collections[1].status == RollbackStatus::kSkipped);
  CHECK(report.collections[1].message == "computed elsewhere");
  CHECK(fixture.reader.described == 0);
}

TEST_CASE("rollback: without a backup it is refused, the other collections are done") {
  RollbackFixture fixture;
  fixture.Add("a", 2);
  fixture.Add("b", 2);
  fixture.Add("c", 2);
  fixture.Migrate("a", {.backup = false});
  fixture.Migrate("b");
  Must(fixture.memory->Prune(fixture.clock.Wall() + Seconds(1)));
  fixture.Migrate("c");
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 4);
  const std::vector<RunRecord> runs = fixture.Runs();
  CHECK(report.collections[0].status == RollbackStatus::kError);
  CHECK(report.collections[0].message == "run " + runs[0].id + " kept no backup (--no-backup)");
  CHECK(report.collections[1].message ==
        "the backup of run " + runs[1].id +
            " was removed by `status --prune` or after `journal.keep_days`");
  CHECK(report.collections[2].status == RollbackStatus::kRestored);
}

TEST_CASE("rollback: what only a run without backup wrote is not called restored") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 2);
  fixture.Migrate("a", {.model = "model-1"});
  collection.SetTitle("2", "text 2");
  fixture.Migrate("a", {.model = "model-2", .backup = false});
  const std::vector<RunRecord> runs = fixture.Runs();
  const RollbackReport report = fixture.Run(runs[0].id);
  CHECK(report.exit_code == 3);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.status == RollbackStatus::kPartial);
  CHECK(result.counts.restored == 2);
  CHECK(result.counts.left == 1);
  CHECK(result.counts.without_backup == 0);
  REQUIRE(result.left.size() == 1);
  CHECK(result.left[0].id == "2");
  CHECK(result.left[0].reason == "may have been written without a backup");
  CHECK(result.notes ==
        std::vector<std::string>{"run " + runs[1].id +
                                 " kept no backup (--no-backup): documents that only it wrote keep "
                                 "its vectors"});
}

TEST_CASE("rollback: a scan that is cut and begins again counts nothing twice") {
  RollbackFixture fixture;
  FakeCollection& collection = fixture.Add("a", 150);
  fixture.Migrate("a");
  collection.vectors["1"] = {7, 7};
  fixture.store.cut_scan_at = 100;
  const RollbackReport report = fixture.Run();
  CHECK(report.collections.front().counts.to_restore == 149);
  CHECK(report.collections.front().counts.restored == 149);
  CHECK(report.collections.front().counts.left == 1);
  CHECK(report.collections.front().left.size() == 1);
}

TEST_CASE("rollback: a missing collection or field is an error of its collection alone") {
  RollbackFixture fixture;
  fixture.Add("a", 1);
  fixture.Add("b", 1);
  fixture.Add("c", 1);
  for (const char* name : {"a", "b", "c"}) fixture.Migrate(name);
  fixture.store.collections.erase("a");
  fixture.store.collections.at("b").schema.fields.pop_back();
  const RollbackReport report = fixture.Run();
  CHECK(report.exit_code == 4);
  CHECK(report.collections[0].message == "there is no collection a");
  CHECK(report.collections[1].message == "b has no field `vec`: add it, then roll back again");
  CHECK(report.collections[2].status == RollbackStatus::kRestored);
}
