#include "src/app/rollback_alias.h"

#include "tests/support/catch2.h"
#include "way_back_fixture.h"

namespace reembed::testing {
namespace {

using Strings = std::vector<std::string>;

// The alias `docs` leads to `docs_old`, whose vectors have three components; the model gives two.
struct SwitchedFixture : WayBackFixture {
  std::map<std::string, std::string> before;

  explicit SwitchedFixture(int dimensions = 3, std::size_t documents = 5) {
    config.collections.push_back(Configured("docs"));
    FakeCollection old = MakeCollection("docs_old", documents, dimensions);
    old.schema.created_at = 100;
    for (const Document& document : old.documents) {
      old.raw_fields[document.id] =
          dimensions == 3 ? "[0.123456789012345,1,-2.5]" : "[0.123456789012345,1]";
    }
    store.collections["docs_old"] = std::move(old);
    store.aliases = {{"docs", "docs_old"}};
    before = Fields("docs_old");
    clock.HoldFrom(Seconds(120));
  }
  FakeCollection& old() { return store.collections.at("docs_old"); }
  std::string Served() const {
    for (const Alias& alias : store.aliases) {
      if (alias.name == "docs") return alias.collection;
    }
    return "";
  }
  std::string CloneId() {
    for (const auto& [name, collection] : store.collections) {
      if (name != "docs_old") return name;
    }
    return "";
  }
  FakeCollection& clone() { return store.collections.at(CloneId()); }

  void CheckBack() {
    CHECK(Served() == "docs_old");
    for (const Cutover& cutover : Cutovers()) {
      CHECK(cutover.step ==
            (cutover.kind == CutoverKind::kAlias ? CutoverStep::kUndone : CutoverStep::kDone));
    }
    for (const RunRecord& run : Runs()) CHECK(run.state == RunState::kRolledBack);
    CHECK(store.collections.size() == 2);  // the clone stays
  }
};

TEST_CASE("rollback of an alias switch: the alias leads back, the old vectors are untouched") {
  SwitchedFixture f;
  REQUIRE(f.Migrate().exit_code == 0);
  REQUIRE(f.Served() != "docs_old");
  const RollbackReport report = f.RollBack();
  CHECK(report.exit_code == 0);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.status == RollbackStatus::kRestored);
  CHECK(result.strategy == StrategyChoice::kAlias);
  CHECK(result.aliases == Strings{"docs"});
  CHECK(result.back_to == "docs_old");
  CHECK(result.runs == Strings{f.Runs().front().id});
  CHECK(f.Fields("docs_old") == f.before);
  f.CheckBack();

  const RollbackReport again = f.RollBack();
  CHECK(again.exit_code == 0);
  CHECK(again.collections.front().status == RollbackStatus::kNothing);
}

TEST_CASE("rollback of an alias switch: what was written since is carried over") {
  SwitchedFixture f;
  REQUIRE(f.Migrate().exit_code == 0);
  f.clone().SetTitle("1", "edited");
  f.clone().RemoveDocument("2");
  f.clone().SetTitle("new", "text new");
  f.old().SetTitle("3", "somebody");
  f.clone().SetTitle("3", "else");
  const RollbackReport report = f.RollBack();
  CHECK(report.exit_code == 3);
  const CollectionRollback& result = report.collections.front();
  CHECK(result.status == RollbackStatus::kPartial);
  REQUIRE(result.carried);
  CHECK(result.carried->created == 1);
  CHECK(result.carried->replaced == 1);
  CHECK(result.carried->deleted == 1);
  REQUIRE(result.left.size() == 1);
  CHECK(result.left[0].id == "3");
  CHECK(result.left[0].kind == LeftKind::kNotCarried);
  CHECK(f.old().Whole("1").find("edited") != std::string::npos);
  CHECK(f.old().FieldJson("1") == f.before["1"]);
  CHECK_FALSE(f.old().Has("2"));
  CHECK(f.old().Has("new"));
  CHECK(f.old().FieldJson("new").empty());
  CHECK(f.old().Whole("3").find("somebody") != std::string::npos);
  f.CheckBack();
}

TEST_CASE("rollback of an alias switch: a dry run changes nothing") {
  SwitchedFixture f;
  REQUIRE(f.Migrate().exit_code == 0);
  const auto altered = f.store.alterations;
  const auto cutovers = f.Cutovers();
  const RollbackReport report = f.PlanBack();
  CHECK(report.exit_code == 0);
  CHECK(report.ChangesStore());
  CHECK(report.collections.front().status == RollbackStatus::kPlanned);
  CHECK(report.collections.front().back_to == "docs_old");
  CHECK(f.store.alterations == altered);
  CHECK(f.Cutovers() == cutovers);
}

TEST_CASE("rollback of an alias switch: cut off anywhere, the same command ends the same") {
  const int at = GENERATE(0, 1, 2, 3, 4, 5, 6, 7);
  SwitchedFixture f;
  REQUIRE(f.Migrate().exit_code == 0);
  f.clone().SetTitle("1", "edited");
  if (at < 2) f.FailAlteration(1, at == 1);
  if (at >= 2 && at < 6) f.failing.fail_save = static_cast<std::size_t>(at) - 1;
  if (at == 6) f.failing.fail_end = 1;
  if (at == 7)
    f.store.write_error = [](std::size_t) -> std::optional<Error> {
      return Error{.kind = ErrorKind::kOutage, .message = "the store is away"};
    };
  CHECK(f.RollBack().exit_code == 5);
  f.Mend();
  CHECK(f.RollBack().exit_code == 0);
  CHECK(f.old().Whole("1").find("edited") != std::string::npos);
  CHECK(f.old().FieldJson("1") == f.before["1"]);
  f.CheckBack();
}

TEST_CASE("rollback of an alias switch: an old collection that was retired is gone") {
  SwitchedFixture f;
  REQUIRE(f.Migrate().exit_code == 0);
  SECTION("deleted") {
    f.store.collections.erase("docs_old");
  }
  SECTION("made anew") {
    f.old().schema.created_at = 4711;
  }
  const std::string served = f.Served();
  const RollbackReport report = f.RollBack();
  CHECK(report.exit_code == 4);
  CHECK(report.collections.front().message.find("docs_old") != std::string::npos);
  CHECK(f.Served() == served);
}

TEST_CASE("rollback of an alias switch: the latest run first, then the switch") {
  SwitchedFixture f;
  REQUIRE(f.Migrate().exit_code == 0);
  const std::string clone = f.Served();
  const auto first = f.Fields(clone);
  f.config.collections[0].prefix = "x";
  REQUIRE(f.Migrate().exit_code == 0);
  REQUIRE(f.Runs().size() == 2);
  SECTION("step by step") {
    CHECK(f.RollBack().collections.front().strategy == StrategyChoice::kInPlace);
    CHECK(f.Served() == clone);
    CHECK(f.Fields(clone) == first);
    CHECK(f.RollBack().collections.front().back_to == "docs_old");
  }
  SECTION("at once by the id of the run that switched") {
    const RollbackReport report = f.RollBack(f.Runs().front().id);
    CHECK(report.exit_code == 0);
    CHECK(report.collections.front().runs.size() == 2);
  }
  CHECK(f.Fields("docs_old") == f.before);
  f.CheckBack();
}

TEST_CASE("rollback of an alias switch: an older run of the old collection takes a second call") {
  SwitchedFixture f(/*dimensions=*/2);
  REQUIRE(f.Migrate().exit_code == 0);
  REQUIRE(f.Served() == "docs_old");
  f.config.embedding.provider.model = "model-2";
  f.config.collections[0].strategy = StrategyChoice::kAlias;
  REQUIRE(f.Migrate().exit_code == 0);
  REQUIRE(f.Served() != "docs_old");
  const std::string older = f.Runs().front().id;
  const RollbackReport switched = f.RollBack(older);
  CHECK(switched.exit_code == 0);
  CHECK(switched.collections.front().back_to == "docs_old");
  REQUIRE(switched.collections.front().notes.size() == 1);
  CHECK(switched.collections.front().notes[0].find("--run " + older + "` once more") !=
        std::string::npos);
  CHECK(f.Fields("docs_old") != f.before);
  CHECK(f.RollBack(older).exit_code == 0);
  CHECK(f.Fields("docs_old") == f.before);
  f.CheckBack();
}

TEST_CASE("rollback of an alias switch that did not happen: it is given up") {
  const std::size_t call = GENERATE(1U, 2U, 3U);
  const bool done = GENERATE(false, true);
  SwitchedFixture f;
  f.FailAlteration(call, done);
  REQUIRE(f.Migrate().exit_code == 5);
  f.Mend();
  const bool switched = f.Served() != "docs_old";
  const RollbackReport plan = f.PlanBack();
  CHECK(plan.ChangesStore() == switched);
  CHECK(plan.collections.front().status == RollbackStatus::kPlanned);
  const RollbackReport report = f.RollBack("", /*end_only=*/!switched);
  CHECK(report.exit_code == 0);
  CHECK(report.collections.front().strategy == StrategyChoice::kAlias);
  CHECK(f.Served() == "docs_old");
  CHECK(f.Fields("docs_old") == f.before);
  for (const Cutover& cutover : f.Cutovers()) CHECK_FALSE(cutover.IsOpen());
  CHECK(f.Cutovers().front().step == CutoverStep::kUndone);
  if (!f.store.collections.contains(f.CloneId())) return;
  CHECK(f.Cutovers().front().to.created_at == f.clone().schema.created_at);
}

TEST_CASE("rollback of an alias switch: an alias that leads elsewhere by now is left so") {
  SwitchedFixture f;
  f.config.cutover.all_aliases = true;
  f.store.aliases.push_back({"other", "docs_old"});
  f.store.aliases.push_back({"third", "docs_old"});
  REQUIRE(f.Migrate().exit_code == 0);
  f.store.collections["elsewhere"] = MakeCollection("elsewhere", 1);
  for (Alias& alias : f.store.aliases) {
    if (alias.name == "other") alias.collection = "elsewhere";
  }
  const RollbackReport report = f.RollBack();
  CHECK(report.exit_code == 0);
  CHECK(report.collections.front().notes ==
        Strings{"the alias other leads to elsewhere by now: left so"});
  for (const Alias& alias : f.store.aliases) {
    CHECK(alias.collection == (alias.name == "other" ? "elsewhere" : "docs_old"));
  }
}

}  // namespace
}  // namespace reembed::testing
