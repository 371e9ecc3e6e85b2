#include "alias_fixture.h"
#include "src/app/alias.h"
#include "tests/support/catch2.h"

// What a rerun makes of a switch that was begun: it may have happened, whatever the journal says.

namespace reembed::testing {
namespace {

std::vector<std::string> IdsOf(const std::vector<Failure>& failures) {
  std::vector<std::string> ids;
  for (const Failure& failure : failures) ids.push_back(failure.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

TEST_CASE("alias rerun: what the application wrote behind a switch that is not seen stays") {
  AliasFixture fixture;
  fixture.LoseSwitch();
  REQUIRE(fixture.Run().end.error);
  CHECK(fixture.LastCutover().step == CutoverStep::kSwitching);
  fixture.store.alter_lost = nullptr;

  fixture.Old().SetTitle("1", "edited before");
  fixture.Old().SetTitle("4", "edited before");
  FakeCollection& clone = fixture.Served();
  const bool inserted = GENERATE(true, false);
  if (inserted) clone.SetTitle("fresh", "inserted after");
  clone.SetTitle("1", "edited after");
  clone.RemoveDocument("2");
  fixture.store.aliases = {{"docs", "docs_old"}};
  std::vector<std::string> deleted;
  fixture.store.on_delete = [&](const std::string& id) { deleted.push_back(id); };
  const auto run = fixture.Run();
  CHECK(run.end.complete);
  CHECK(run.end.stopped_because.empty());
  CHECK(deleted.empty());
  CHECK(fixture.ServedName() != "docs_old");
  CHECK(clone.Has("fresh") == inserted);
  CHECK(AliasFixture::Title(clone, "1") == "edited after");
  CHECK_FALSE(clone.Has("2"));
  CHECK(AliasFixture::Title(clone, "4") == "edited before");
  CHECK(AliasFixture::Right(clone) == clone.documents.size());
  CHECK(IdsOf(run.failures) == std::vector<std::string>{"1"});
  CHECK(fixture.LastCutover().step == CutoverStep::kDone);
}

TEST_CASE("alias rerun: a deletion alone shows that the clone has served") {
  AliasFixture fixture;
  fixture.LoseSwitch();
  REQUIRE(fixture.Run().end.error);
  fixture.store.alter_lost = nullptr;
  fixture.Served().RemoveDocument("2");
  fixture.store.aliases = {{"docs", "docs_old"}};
  CHECK(fixture.Run().trouble() == "");
  CHECK_FALSE(fixture.Served().Has("2"));
}

TEST_CASE("alias rerun: a switch that did not happen is made up for after another catching up") {
  AliasFixture fixture;
  fixture.store.alter_error = [&](std::size_t) -> std::optional<Error> {
    if (!AliasFixture::IsSwitch(fixture.store.alterations.back())) return std::nullopt;
    return Error{.kind = ErrorKind::kOutage, .message = "cut"};
  };
  REQUIRE(fixture.Run().end.error);
  CHECK(fixture.ServedName() == "docs_old");
  fixture.store.alter_error = nullptr;
  fixture.Old().SetTitle("1", "edited");
  fixture.Old().SetTitle("new", "inserted");
  fixture.Old().RemoveDocument("3");
  bool caught_up = false;
  fixture.store.on_alter = [&](const std::string& what) {
    if (!AliasFixture::IsSwitch(what)) return;
    caught_up = AliasFixture::Right(fixture.Clone()) == 5 && !fixture.Clone().Has("3");
  };
  REQUIRE(fixture.Run().trouble() == "");
  CHECK(caught_up);
  CHECK(fixture.store.collections.size() == 2);
}

TEST_CASE("alias rerun: it never says again that the clone is being filled") {
  AliasFixture fixture;
  fixture.LoseSwitch();
  REQUIRE(fixture.Run().end.error);
  fixture.store.alter_lost = nullptr;
  fixture.store.aliases = {{"docs", "docs_old"}};
  std::vector<CutoverStep> steps;
  fixture.store.on_scan = [&](std::size_t) { steps.push_back(fixture.LastCutover().step); };
  REQUIRE(fixture.Run().trouble() == "");
  for (const CutoverStep step : steps) CHECK(step >= CutoverStep::kSwitching);
}

TEST_CASE("alias rerun: an alias that a node shows late is not switched twice") {
  AliasFixture fixture;
  fixture.LoseSwitch();
  REQUIRE(fixture.Run().end.error);
  fixture.store.alter_lost = nullptr;
  const std::string clone = fixture.ServedName();
  fixture.Served().SetTitle("fresh", "inserted after");
  fixture.store.aliases = {{"docs", "docs_old"}};
  fixture.store.node_pending = [&](std::size_t) -> Result<std::uint64_t> {
    fixture.store.aliases = {{"docs", clone}};
    return 0;
  };
  CHECK(fixture.Run().trouble() == "");
  CHECK(fixture.store.alias_switched.size() == 1);
  CHECK(fixture.Served().Has("fresh"));
}

TEST_CASE("alias rerun: other settings do not give up a clone that may have served") {
  AliasFixture fixture;
  fixture.LoseSwitch();
  REQUIRE(fixture.Run().end.error);
  fixture.store.alter_lost = nullptr;
  fixture.store.aliases = {{"docs", "docs_old"}};
  fixture.dimensions = 4;
  const auto run = fixture.Run();
  REQUIRE(run.end.error);
  CHECK(run.end.error->kind == ErrorKind::kRefused);
  CHECK_THAT(run.end.error->message, ContainsSubstring("settings of that run"));
  CHECK(fixture.store.collections.size() == 2);
}

TEST_CASE("alias rerun: a collection's own name cannot go on with a switch") {
  AliasFixture fixture;
  const bool begun = GENERATE(false, true);
  if (begun) {
    fixture.LoseSwitch();
  } else {
    fixture.embedder.call_error = [](std::size_t) -> std::optional<Error> {
      return Error{.kind = ErrorKind::kOutage, .message = "away"};
    };
  }
  REQUIRE(fixture.Run().end.error);
  fixture.store.aliases = {{"docs", "docs_old"}};
  const std::size_t altered = fixture.store.alterations.size();
  const StrategyTools strategy = fixture.Tools();
  CollectionPlan plan = fixture.Plan();
  plan.config.collection = "docs_old";
  plan.alias.reset();
  const auto clone =
      PrepareClone({strategy, *fixture.journals, fixture.recovery, fixture.nodes}, plan, {});
  REQUIRE_FALSE(clone.ok());
  CHECK(clone.error().kind == ErrorKind::kRefused);
  CHECK_THAT(clone.error().message, ContainsSubstring("docs_old is a collection, not an alias"));
  CHECK(fixture.store.alterations.size() == altered);
}

TEST_CASE("alias rerun: what was left is listed again when the listing was cut off") {
  AliasFixture fixture(30);
  fixture.store.on_alter = [&](const std::string& what) {
    if (!AliasFixture::IsSwitch(what)) return;
    for (int id = 0; id < 12; ++id) fixture.Old().SetTitle(std::to_string(id), "edited before");
  };
  fixture.store.after_alter = [&](const std::string& what) {
    if (!AliasFixture::IsSwitch(what)) return;
    for (int id = 0; id < 12; ++id) fixture.Served().SetTitle(std::to_string(id), "edited after");
    fixture.embedder.call_error = [](std::size_t) -> std::optional<Error> {
      return Error{.kind = ErrorKind::kOutage, .message = "away"};
    };
  };
  REQUIRE(fixture.Run().end.error);
  CHECK(fixture.LastCutover().step == CutoverStep::kCarrying);
  for (int id = 0; id < 12; ++id) {
    CAPTURE(id);
    const std::string which = "document '" + std::to_string(id) + "' was not carried over";
    CHECK(fixture.log.Count({which, "was written to docs_old"}) == 1);
  }
  fixture.embedder.call_error = nullptr;
  const auto run = fixture.Run();
  CHECK(run.end.complete);
  CHECK(run.failures.size() == 12);
  CHECK(fixture.LastCutover().step == CutoverStep::kDone);
  CHECK(AliasFixture::Right(fixture.Served()) == 30);
}

}  // namespace
}  // namespace reembed::testing
