#include "src/app/rollback_rebuild.h"
#include "rebuilt_fixture.h"
#include "tests/support/catch2.h"

namespace reembed::testing {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("rollback of a rebuild: old definition and old vectors, byte for byte") {
  RebuiltFixture f;
  CHECK(f.Migrate().exit_code == 0);
  CHECK(f.field()->num_dim == 2);
  CHECK(f.Fields("a") != f.before);
  const RollbackReport report = f.RollBack();
  CHECK(report.exit_code == 0);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.status == RollbackStatus::kRestored);
  CHECK(result.strategy == StrategyChoice::kRebuild);
  CHECK(result.definition == f.definition);
  CHECK(result.counts.restored == kRebuiltDocuments);
  CHECK(result.left.empty());
  CHECK(f.store.alterations == Strings{"drop a vec", "add a vec", "drop a vec", "add a vec"});
  f.CheckBack();
  const std::vector<std::size_t> sizes = f.store.request_sizes();
  CHECK(*std::max_element(sizes.begin(), sizes.end()) == 250);

  SECTION("again there is nothing to do") {
    const RollbackReport again = f.RollBack();
    CHECK(again.exit_code == 0);
    CHECK(again.collections.front().status == RollbackStatus::kNothing);
    CHECK(f.store.alterations.size() == 4);
  }
  SECTION("a run writes the new vectors again and pays for none") {
    const std::size_t paid = f.embedder.texts().size();
    CHECK(f.Migrate().exit_code == 0);
    CHECK(f.field()->num_dim == 2);
    CHECK(RightVectors(f.collection()) == kRebuiltDocuments);
    CHECK(f.embedder.texts().size() == paid);
    CHECK(f.RollBack().exit_code == 0);
    f.CheckBack();
  }
}

TEST_CASE("rollback of a rebuild: a dry run counts and changes nothing") {
  RebuiltFixture f(/*optional=*/false);
  CHECK(f.Migrate().exit_code == 0);
  f.Insert("late", {7, 7});
  const auto now = f.Fields("a");
  const auto cutovers = f.Cutovers();
  const RollbackReport report = f.PlanBack();
  CHECK(report.exit_code == 0);
  CHECK(report.ChangesStore());
  const CollectionRollback& result = report.collections.front();
  CHECK(result.status == RollbackStatus::kPlanned);
  CHECK(result.strategy == StrategyChoice::kRebuild);
  CHECK(result.counts.to_restore == kRebuiltDocuments);
  CHECK(result.search_away_seconds.has_value());
  REQUIRE(result.left.size() == 1);
  CHECK(result.left[0].id == "late");
  CHECK(result.left[0].kind == LeftKind::kUnfit);
  CHECK(f.Fields("a") == now);
  CHECK(f.Cutovers() == cutovers);
  CHECK(f.store.alterations.size() == 2);
  CHECK(f.recovery.written == 1);
}

TEST_CASE("rollback of a rebuild: a plan without a question may not open a window") {
  RebuiltFixture f;
  CHECK(f.Migrate().exit_code == 0);
  const RollbackReport report = f.RollBack("", /*end_only=*/true);
  CHECK(report.exit_code == 5);
  CHECK(f.store.alterations.size() == 2);
}

TEST_CASE("rollback of a rebuild: before the drop the journal and the recovery file know it") {
  RebuiltFixture f;
  CHECK(f.Migrate().exit_code == 0);
  bool looked = false;
  f.store.on_alter = [&](const std::string& call) {
    if (call != "drop a vec") return;
    looked = true;
    CHECK(f.Cutovers().back().kind == CutoverKind::kRebuildBack);
    CHECK(f.Cutovers().back().step == CutoverStep::kDropping);
    CHECK(f.Cutovers().back().new_definition == f.definition);
    CHECK(f.recovery.files.contains("a"));
  };
  CHECK(f.RollBack().exit_code == 0);
  CHECK(looked);
}

TEST_CASE("rollback of a rebuild: cut off at any call, the same command ends the same") {
  const std::size_t call = GENERATE(1U, 2U);
  const bool done = GENERATE(false, true);
  RebuiltFixture f;
  CHECK(f.Migrate().exit_code == 0);
  f.FailAlteration(call, done);
  const RollbackReport cut = f.RollBack();
  CHECK(cut.exit_code == 5);
  if (f.field() == nullptr) {
    CHECK(f.recovery.files.contains("a"));
  }
  f.Mend();
  CHECK(f.Rerun().exit_code == 4);
  CHECK(f.RollBack().exit_code == 0);
  f.CheckBack();
}

TEST_CASE("rollback of a rebuild: cut off while it writes, the rest is written") {
  const std::size_t request = GENERATE(1U, 2U, 3U);
  RebuiltFixture f;
  CHECK(f.Migrate().exit_code == 0);
  const std::size_t base = f.store.request_sizes().size();
  f.store.write_error = [=](std::size_t n) -> std::optional<Error> {
    if (n != base + request) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "the store is away"};
  };
  const RollbackReport cut = f.RollBack();
  CHECK(cut.exit_code == 5);
  CHECK(cut.collections.front().message.find("until you run `reembed rollback`") !=
        std::string::npos);
  CHECK(f.field() == nullptr);
  f.Mend();
  CHECK(f.RollBack().exit_code == 0);
  f.CheckBack();
}

TEST_CASE("rollback of a rebuild: a disk that is full at any note of a step") {
  const std::size_t save = GENERATE(1U, 2U, 3U, 4U, 5U);
  RebuiltFixture f;
  CHECK(f.Migrate().exit_code == 0);
  f.failing.fail_save = save;
  CHECK(f.RollBack().exit_code == 5);
  f.Mend();
  CHECK(f.RollBack().exit_code == 0);
  f.CheckBack();
}

TEST_CASE("rollback of a rebuild: a disk that is full at the very end") {
  RebuiltFixture f(/*optional=*/false);
  CHECK(f.Migrate().exit_code == 0);
  f.Insert("late", {7, 7});
  f.failing.fail_end = 1;
  CHECK(f.RollBack().exit_code == 5);
  const std::size_t altered = f.store.alterations.size();
  f.Mend();
  CHECK(f.RollBack().collections.front().strategy == StrategyChoice::kInPlace);
  CHECK(f.store.alterations.size() == altered);
  CHECK(f.Runs().front().state == RunState::kRolledBack);
}

TEST_CASE("rollback of a rebuild that was cut off: goes on from where the field is") {
  const int at = GENERATE(0, 1, 2, 3, 4);
  RebuiltFixture f;
  if (at < 4) f.FailAlteration(at < 2 ? 1 : 2, at % 2 == 1);
  if (at == 4) {
    f.store.write_error = [](std::size_t n) -> std::optional<Error> {
      if (n != 2) return std::nullopt;
      return Error{.kind = ErrorKind::kOutage, .message = "the store is away"};
    };
  }
  CHECK(f.Migrate().exit_code == 5);
  f.Mend();
  SECTION("at once") {}
  SECTION("itself cut off") {
    f.FailAlteration(1, false);
    if (at == 0) {
      CHECK(f.RollBack().exit_code == 0);
    } else {
      CHECK(f.RollBack().exit_code == 5);
    }
    f.Mend();
    if (at == 0) {
      f.CheckBack();
      return;
    }
  }
  CHECK(f.RollBack().exit_code == 0);
  f.CheckBack();
}

}  // namespace
}  // namespace reembed::testing
