#include "rebuilt_fixture.h"
#include "src/app/rollback_choice.h"
#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("rollback of a rebuild: what was inserted since loses the vector that does not fit") {
  RebuiltFixture f(/*optional=*/false);
  CHECK(f.Migrate().exit_code == 0);
  f.Insert("before", {7, 7});
  f.Insert("fits", {7, 7, 7});
  std::size_t adds = 0;
  f.store.on_alter = [&](const std::string& call) {
    if (call == "add a vec" && ++adds == 1) f.Insert("within", {8, 8});
  };
  const RollbackReport report = f.RollBack();
  CHECK(report.exit_code == 3);
  CHECK(adds == 2);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.status == RollbackStatus::kPartial);
  CHECK(result.counts.restored == kRebuiltDocuments);
  CHECK(result.counts.left == 2);
  REQUIRE(result.left.size() == 2);
  CHECK(result.left[0].id == "before");
  CHECK(result.left[0].reason ==
        "has no backup, and its vector of 2 components does not fit the old field: removed");
  CHECK(result.left[1].id == "within");
  CHECK(result.notes == Strings{"1 document is without a vector, so the field is `optional` now"});
  REQUIRE(f.field() != nullptr);
  CHECK(f.field()->num_dim == 3);
  CHECK(f.field()->optional);
  auto expected = f.before;
  expected["before"] = expected["within"] = "";
  expected["fits"] = "[7,7,7]";
  CHECK(f.Fields("a") == expected);
  CHECK(f.Runs().front().state == RunState::kRolledBack);
}

TEST_CASE("rollback of a rebuild: vectors that do not fit keep coming") {
  RebuiltFixture f;
  CHECK(f.Migrate().exit_code == 0);
  std::size_t adds = 0;
  f.store.on_alter = [&](const std::string& call) {
    if (call == "add a vec") f.Insert("late" + std::to_string(++adds), {8, 8});
  };
  const RollbackReport cut = f.RollBack();
  CHECK(cut.exit_code == 4);
  CHECK(adds == 5);
  CHECK(cut.collections.front().message.find("switch it to the old model") != std::string::npos);
  CHECK(cut.collections.front().message.find("recovery/a.json") != std::string::npos);
  f.Mend();
  CHECK(f.RollBack().exit_code == 3);
  REQUIRE(f.field() != nullptr);
  CHECK(f.field()->definition == f.definition);
}

TEST_CASE("rollback of a rebuild: a damaged backup costs that document its vector") {
  RebuiltFixture f;
  CHECK(f.Migrate().exit_code == 0);
  f.failing.damaged = "17";
  const RollbackReport report = f.RollBack();
  CHECK(report.exit_code == 3);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.counts.left == 1);
  CHECK(result.counts.failed == 0);
  REQUIRE(result.left.size() == 1);
  CHECK(result.left[0].id == "17");
  CHECK(result.left[0].kind == LeftKind::kRejected);
  f.before["17"] = "";
  f.CheckBack();
}

TEST_CASE("rollback of a rebuild: a document that cannot be changed is named") {
  RebuiltFixture f;
  CHECK(f.Migrate().exit_code == 0);
  f.collection().rejected = {"17"};
  const RollbackReport cut = f.RollBack();
  CHECK(cut.exit_code == 4);
  CHECK(cut.collections.front().message.find("document '17' cannot be changed (refused here)") !=
        std::string::npos);
  f.collection().rejected.clear();
  CHECK(f.RollBack().exit_code == 0);
  f.CheckBack();
}

TEST_CASE("rollback of a rebuild: in the window the first signal is not heeded, the second is") {
  RebuiltFixture f;
  CHECK(f.Migrate().exit_code == 0);
  SECTION("before the window the first ends it") {
    f.drain.request_stop();
    CHECK(f.RollBack().exit_code == 130);
    CHECK(f.store.alterations.size() == 2);
  }
  SECTION("first") {
    f.store.on_alter = [&](const std::string&) { f.drain.request_stop(); };
    CHECK(f.RollBack().exit_code == 0);
    f.CheckBack();
    return;
  }
  SECTION("second") {
    f.store.on_alter = [&](const std::string& call) {
      f.drain.request_stop();
      if (call == "drop a vec") f.abort.request_stop();
    };
    const RollbackReport cut = f.RollBack();
    CHECK(cut.exit_code == 130);
    CHECK(f.field() == nullptr);
    CHECK(cut.collections.front().message.find("interrupted. Field `vec` of a is away") == 0);
  }
  f.Mend();
  CHECK(f.RollBack().exit_code == 0);
  f.CheckBack();
}

TEST_CASE("rollback of rebuilds: the second alone, or both at once") {
  RebuiltFixture f;
  CHECK(f.Migrate().exit_code == 0);
  const auto first = f.Fields("a");
  const std::string first_definition = f.field()->definition;
  // The same model at the same length, but with the field dropped and added.
  f.config.embedding.provider.model = "model-2";
  f.config.collections[0].strategy = StrategyChoice::kRebuild;
  f.config.collections[0].prefix = "x";
  CHECK(f.Migrate().exit_code == 0);
  REQUIRE(f.Runs().size() == 2);
  SECTION("the second alone leaves the first") {
    const RollbackReport report = f.RollBack();
    CHECK(report.exit_code == 0);
    CHECK(report.collections.front().runs == Strings{f.Runs()[1].id});
    CHECK(f.field()->definition == first_definition);
    CHECK(f.Fields("a") == first);
    CHECK(f.RollBack().exit_code == 0);
    f.CheckBack();
  }
  SECTION("both, cut off, gone on with by a plain call") {
    f.FailAlteration(2, false);
    CHECK(f.RollBack(f.Runs()[0].id).exit_code == 5);
    CHECK(f.field() == nullptr);
    f.Mend();
    const RollbackReport report = f.RollBack();
    CHECK(report.exit_code == 0);
    CHECK(report.collections.front().runs.size() == 2);
    f.CheckBack();
  }
}

TEST_CASE("rollback: a run in place after a rebuild is undone in place") {
  RebuiltFixture f;
  CHECK(f.Migrate().exit_code == 0);
  const auto first = f.Fields("a");
  f.config.collections[0].prefix = "x";
  CHECK(f.Migrate().exit_code == 0);
  const RollbackReport report = f.RollBack();
  CHECK(report.exit_code == 0);
  CHECK(report.collections.front().strategy == StrategyChoice::kInPlace);
  CHECK(f.store.alterations.size() == 2);
  CHECK(f.Fields("a") == first);
  CHECK(f.RollBack().collections.front().strategy == StrategyChoice::kRebuild);
  f.CheckBack();
}

// A rebuild of `a` as the journal keeps it, begun and ended so many minutes after the start.
Cutover Rebuilt(std::int64_t number, int begun, int ended, int from, int to) {
  const auto definition = [](int length) {
    return R"({"name":"vec","num_dim":)" + std::to_string(length) + R"(,"type":"float[]"})";
  };
  Cutover cutover;
  cutover.number = number;
  cutover.step = CutoverStep::kDone;
  cutover.nodes = {"http://a:8108"};
  cutover.field = "vec";
  cutover.from = cutover.to = {"a", 0};
  cutover.old_definition = definition(from);
  cutover.new_definition = definition(to);
  cutover.started = WallTime{} + Seconds(60 * begun);
  cutover.changed = WallTime{} + Seconds(60 * ended);
  return cutover;
}

RunRecord RunAt(std::int64_t number, int begun) {
  RunRecord run;
  run.id = "r-" + std::to_string(number);
  run.number = number;
  run.target = {"a", 0, "vec"};
  run.nodes = {"http://a:8108"};
  run.state = RunState::kEnded;
  run.started = WallTime{} + Seconds(60 * begun);
  run.backups = 5;
  return run;
}

RebuildsToUndo Choose(const std::vector<Cutover>& cutovers, const std::vector<RunRecord>& runs,
                      const std::string& asked) {
  const Target target{"a", 0, "vec"};
  const std::vector<std::string> nodes = {"http://a:8108"};
  return ChooseRebuilds(cutovers, runs, target, nodes, ChooseRuns(runs, target, nodes, asked));
}

TEST_CASE("rollback choice: the definition is that of before the earliest rebuild") {
  const std::vector<RunRecord> runs = {RunAt(1, 0), RunAt(2, 10), RunAt(3, 20)};
  const std::vector<Cutover> cutovers = {Rebuilt(1, 1, 2, 3, 2), Rebuilt(2, 21, 22, 2, 5)};
  CHECK(DimensionsOf(Choose(cutovers, runs, "").definition) == 2);
  CHECK(Choose(cutovers, runs, "").runs.Numbers() == std::vector<std::int64_t>{3});
  CHECK(DimensionsOf(Choose(cutovers, runs, "r-2").definition) == 2);
  CHECK(DimensionsOf(Choose(cutovers, runs, "r-1").definition) == 3);
  CHECK(Choose(cutovers, runs, "r-1").rebuilds.size() == 2);
  CHECK(Choose({cutovers[0]}, runs, "").definition.empty());
}

TEST_CASE("rollback choice: a rebuild that another run went on with takes that run along") {
  const std::vector<RunRecord> runs = {RunAt(1, 0), RunAt(2, 10)};
  const RebuildsToUndo choice = Choose({Rebuilt(1, 1, 11, 3, 2)}, runs, "");
  CHECK(choice.runs.Numbers() == std::vector<std::int64_t>{1, 2});
  CHECK(DimensionsOf(choice.definition) == 3);
}

TEST_CASE("rollback choice: a way back that was cut off is gone on with first") {
  const std::vector<RunRecord> runs = {RunAt(1, 0), RunAt(2, 20)};
  Cutover back = Rebuilt(3, 30, 31, 5, 2);
  back.kind = CutoverKind::kRebuildBack;
  back.step = CutoverStep::kWriting;
  const std::vector<Cutover> cutovers = {Rebuilt(1, 1, 2, 3, 2), Rebuilt(2, 21, 22, 2, 5), back};
  const RebuildsToUndo same = Choose(cutovers, runs, "");
  REQUIRE(same.back);
  CHECK(same.refusal.empty());
  CHECK(DimensionsOf(same.definition) == 2);
  CHECK(same.runs.Numbers() == std::vector<std::int64_t>{2});
  CHECK(Choose(cutovers, runs, "r-1").refusal.find("finish it first") != std::string::npos);
}

TEST_CASE("rollback choice: definitions mean the same however they are spelled") {
  CHECK(SameDefinition(R"({"num_dim":3,"name":"v"})", R"({"name":"v", "num_dim":3})"));
  CHECK_FALSE(SameDefinition(R"({"num_dim":3,"name":"v"})", R"({"name":"v","num_dim":2})"));
  CHECK_FALSE(SameDefinition(R"({"num_dim":3})", R"({"num_dim":3,"optional":true})"));
  CHECK(SameDefinition(R"({"num_dim":3})", R"({"num_dim":3,"optional":true})", true));
}

}  // namespace
}  // namespace reembed::testing
