#include "src/app/retire.h"

#include "fake_store.h"
#include "reembed/core/exit_code.h"
#include "run_fixture.h"
#include "src/app/retire_choice.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

const std::vector<std::string> kNodes = {"http://fake:8108"};

/// An alias `docs`, the collections that its switches have left, and retirements over them.
struct RetireFixture {
  Config config;
  FakeStore store;
  std::unique_ptr<JournalStore> journal = MakeMemoryJournal();
  FakeClock clock;
  SilentLog log;
  std::stop_source drain;
  std::vector<CollectionId> agreed;

  RetireFixture() {
    config.typesense.nodes = kNodes;
    Configure("docs");
  }

  void Configure(const std::string& name) { config.collections.push_back(Configured(name)); }

  CollectionId Add(const std::string& name, std::int64_t created_at, std::size_t documents = 3) {
    store.collections[name] = MakeCollection(name, documents);
    store.collections[name].schema.created_at = created_at;
    return {name, created_at};
  }

  Cutover Switch(const CollectionId& from, const CollectionId& to, CutoverStep step) {
    clock.Advance(Seconds(60));
    Cutover cutover;
    cutover.kind = CutoverKind::kAlias;
    cutover.step = step;
    cutover.name = "docs";
    cutover.nodes = kNodes;
    cutover.field = "vec";
    cutover.from = from;
    cutover.to = to;
    cutover.aliases = {"docs"};
    cutover.started = cutover.changed = clock.Wall();
    return Save(std::move(cutover));
  }

  Cutover Save(Cutover cutover) {
    if (!journal->SaveCutover(cutover).ok()) FAIL("not saved");
    return cutover;
  }

  /// docs_1 was switched to docs_2, that to docs_3, which serves.
  void AddChain() {
    const CollectionId first = Add("docs_1", 101);
    const CollectionId second = Add("docs_2", 102, 4);
    const CollectionId third = Add("docs_3", 103, 5);
    Switch(first, second, CutoverStep::kDone);
    Switch(second, third, CutoverStep::kDone);
    store.aliases = {{"docs", "docs_3"}};
  }

  RetireTools tools() { return {config, store, *journal, clock, log}; }
  RetireReport Plan() { return PlanRetire(tools(), {drain.get_token(), {}}); }
  /// After yes to what Plan shows.
  RetireReport Run() {
    agreed.clear();
    for (const OldCollection& old : Plan().InState(OldState::kToDelete)) agreed.push_back(old.id);
    return RunAgreed();
  }
  RetireReport RunAgreed() { return RunRetire(tools(), {store, agreed}, {drain.get_token(), {}}); }
};

std::vector<std::string> Names(const std::vector<OldCollection>& collections) {
  std::vector<std::string> names;
  for (const OldCollection& old : collections) names.push_back(old.id.name);
  return names;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("retire: a plan shows the whole chain and changes nothing") {
  RetireFixture fixture;
  fixture.AddChain();
  const RetireReport report = fixture.Plan();
  CHECK(report.dry_run);
  CHECK(report.exit_code == kExitDone);
  const CollectionRetirement& docs = report.collections.front();
  CHECK(docs.status == RetireStatus::kPlanned);
  CHECK(docs.message.empty());
  CHECK(docs.configured == "docs");
  CHECK(docs.collection == "docs_3");
  CHECK(docs.documents == 5);
  REQUIRE(Names(docs.old) == Strings{"docs_1", "docs_2"});
  CHECK(docs.old[0].kind == OldKind::kServed);
  CHECK(docs.old[0].documents == 3);
  CHECK(docs.old[0].since == fixture.clock.Wall() - Seconds(60));
  CHECK(docs.old[1].documents == 4);
  CHECK(docs.old[1].since == fixture.clock.Wall());
  CHECK(fixture.store.alterations.empty());
  CHECK(fixture.store.collections.size() == 3);
}

TEST_CASE("retire: deletes what was agreed on; a second one finds nothing, the journal stays") {
  RetireFixture fixture;
  fixture.AddChain();
  const auto before = *fixture.journal->Cutovers();
  const RetireReport report = fixture.Run();
  CHECK_FALSE(report.dry_run);
  CHECK(report.exit_code == kExitDone);
  CHECK(report.collections.front().status == RetireStatus::kRetired);
  CHECK(Names(report.InState(OldState::kDeleted)) == Strings{"docs_1", "docs_2"});
  CHECK(fixture.store.alterations == Strings{"delete docs_1", "delete docs_2"});
  CHECK(fixture.store.collections.size() == 1);
  CHECK(*fixture.journal->Cutovers() == before);

  const RetireReport again = fixture.Run();
  CHECK(again.exit_code == kExitDone);
  CHECK(again.collections.front().status == RetireStatus::kNothing);
  CHECK(again.collections.front().message == "no collection is left of an earlier alias switch");
}

TEST_CASE("retire: a copy that was rolled back from or given up goes, the one in use stays") {
  RetireFixture fixture;
  const CollectionId first = fixture.Add("docs_1", 101);
  const CollectionId second = fixture.Add("docs_2", 102);
  const CollectionId third = fixture.Add("docs_3", 103);
  fixture.store.aliases = {{"docs", "docs_1"}};
  fixture.Switch(first, second, CutoverStep::kUndone);
  fixture.Switch(first, third, CutoverStep::kUndone);
  Cutover back = fixture.Switch(second, first, CutoverStep::kDone);
  back.kind = CutoverKind::kAliasBack;
  fixture.Save(back);
  const RetireReport report = fixture.Run();
  REQUIRE(Names(report.InState(OldState::kDeleted)) == Strings{"docs_2", "docs_3"});
  CHECK(report.collections.front().old.front().kind == OldKind::kAbandoned);
  CHECK(fixture.store.collections.contains("docs_1"));
}

TEST_CASE("retire: without an alias switch there is nothing to do and nobody is asked") {
  RetireFixture fixture;
  fixture.Configure("other");
  fixture.config.collections[1].skip_reason = "not ours";
  fixture.store.describe_error = Error{.kind = ErrorKind::kUnreachable, .message = "away"};
  const RetireReport report = fixture.Run();
  CHECK(report.exit_code == kExitDone);
  CHECK(report.collections[0].status == RetireStatus::kNothing);
  CHECK(report.collections[0].message == "the journal has no alias switch");
  CHECK(report.collections[1].status == RetireStatus::kSkipped);
  CHECK(report.collections[1].message == "not ours");
}

TEST_CASE("retire: a rebuild leaves nothing behind") {
  RetireFixture fixture;
  const CollectionId docs = fixture.Add("docs", 101);
  Cutover rebuild = fixture.Switch(docs, docs, CutoverStep::kDone);
  rebuild.kind = CutoverKind::kRebuild;
  fixture.Save(rebuild);
  CHECK(fixture.Run().collections.front().status == RetireStatus::kNothing);
}

TEST_CASE("retire: a collection of the old name that was made anew is not the old one") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.store.collections["docs_1"].schema.created_at += 1;
  fixture.store.collections.erase("docs_2");
  const RetireReport report = fixture.Run();
  CHECK(report.collections.front().status == RetireStatus::kNothing);
  CHECK(fixture.store.alterations.empty());
}

TEST_CASE("retire: an alias of the old name that leads elsewhere deletes nothing there") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.store.collections.erase("docs_1");
  fixture.store.aliases.push_back({"docs_1", "docs_3"});
  fixture.Run();
  CHECK(fixture.store.alterations == Strings{"delete docs_2"});
}

TEST_CASE("retire: what an alias still leads to is kept, and the alias named") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.store.aliases.push_back({"search", "docs_1"});
  const RetireReport report = fixture.Run();
  CHECK(report.exit_code == kExitRefused);
  const CollectionRetirement& docs = report.collections.front();
  CHECK(docs.status == RetireStatus::kError);
  CHECK(docs.message ==
        "the alias 'search' leads to docs_1: point it elsewhere or delete it first");
  CHECK(docs.old[0].state == OldState::kKept);
  CHECK(docs.old[1].state == OldState::kDeleted);
  CHECK(fixture.store.alterations == Strings{"delete docs_2"});
  fixture.store.aliases.push_back({"b", "docs_1"});
  CHECK(fixture.Plan().exit_code == kExitRefused);
  CHECK(fixture.Plan().collections.front().message ==
        "the aliases 'search', 'b' lead to docs_1: point them elsewhere or delete them first");
}

TEST_CASE("retire: an alias that came since the question is seen before the deletion") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.store.after_alter = [&](const std::string&) {
    fixture.store.aliases.push_back({"late", "docs_2"});
  };
  const RetireReport report = fixture.Run();
  CHECK(report.exit_code == kExitRefused);
  CHECK(fixture.store.alterations == Strings{"delete docs_1"});
  CHECK_THAT(report.collections.front().message, ContainsSubstring("'late' leads to docs_2"));
}

TEST_CASE("retire: a collection made anew since the question is seen before the deletion") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.store.after_alter = [&](const std::string&) {
    fixture.store.collections["docs_2"].schema.created_at = 999;
  };
  CHECK(fixture.Run().exit_code == kExitDone);
  CHECK(fixture.store.alterations == Strings{"delete docs_1"});
  CHECK(fixture.store.collections.contains("docs_2"));
}

TEST_CASE("retire: nothing goes while aliases cannot be listed") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.store.aliases_error = Error{.kind = ErrorKind::kRefused, .message = "HTTP 401"};
  // The key may still resolve the one that is configured.
  fixture.config.collections.front().collection = "docs_3";
  const RetireReport report = fixture.Run();
  CHECK(report.exit_code == kExitRefused);
  CHECK(fixture.store.alterations.empty());
  CHECK_THAT(report.collections.front().message,
             ContainsSubstring("give the key the action aliases:list (HTTP 401)"));
}

TEST_CASE("retire: an open cutover is to be finished first, whatever its kind") {
  RetireFixture fixture;
  fixture.AddChain();
  const CollectionId third{"docs_3", 103};
  Cutover open = fixture.Switch(third, {"docs_4", 0}, CutoverStep::kFilling);
  std::string command = "reembed";
  std::string what = "an alias switch";
  SECTION("an alias switch") {}
  SECTION("one of another field") {
    open.field = "other";
    open.name = "other key";
  }
  SECTION("a rebuild") {
    open.kind = CutoverKind::kRebuild;
    open.to = third;
    what = "a rebuild";
  }
  SECTION("a way back") {
    open.kind = CutoverKind::kAliasBack;
    what = "a rollback";
    command = "reembed rollback";
  }
  fixture.Save(open);
  const RetireReport report = fixture.Run();
  CHECK(report.exit_code == kExitRefused);
  CHECK(report.collections.front().status == RetireStatus::kError);
  CHECK(report.collections.front().message ==
        what + " of docs_3 is not finished (step filling, since " + IsoTime(open.changed) +
            "); finish it first: run `" + command + "`");
  CHECK(fixture.store.alterations.empty());
}

TEST_CASE("retire: cutovers of another cluster and of other collections are none of its business") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.Configure("others");
  fixture.store.aliases.push_back({"others", "docs_3"});
  fixture.config.collections.erase(fixture.config.collections.begin());
  SECTION("another field") {
    fixture.config.collections.front().embedding_field = "vec2";
  }
  SECTION("another cluster") {
    fixture.config.typesense.nodes = {"http://elsewhere:8108"};
  }
  CHECK(fixture.Run().collections.front().status == RetireStatus::kNothing);
  CHECK(fixture.store.alterations.empty());
}

TEST_CASE("retire: a key that was renamed in the configuration finds its old collections") {
  RetireFixture fixture;
  fixture.AddChain();
  CollectionConfig& config = fixture.config.collections.front();
  config.name = "articles";
  SECTION("by the alias") {}
  SECTION("by the collections, with the alias renamed as well") {
    config.collection = "articles";
    fixture.store.aliases = {{"articles", "docs_3"}};
  }
  CHECK(Names(fixture.Run().InState(OldState::kDeleted)) == Strings{"docs_1", "docs_2"});
}

TEST_CASE("retire: what the configuration names itself is kept") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.Configure("docs_1");
  const RetireReport report = fixture.Run();
  CHECK(report.exit_code == kExitRefused);
  CHECK(report.collections[0].message ==
        "docs_1 is the collection of 'docs_1' in the configuration");
  CHECK(fixture.store.alterations == Strings{"delete docs_2"});
}

TEST_CASE("retire: a trouble of one collection leaves the others to be done") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.config.collections.insert(fixture.config.collections.begin(), Configured("missing"));
  const RetireReport report = fixture.Run();
  CHECK(report.exit_code == kExitRefused);
  CHECK(report.message.empty());
  CHECK(report.collections[0].status == RetireStatus::kError);
  CHECK(report.collections[1].status == RetireStatus::kRetired);
}

TEST_CASE("retire: a deletion that is refused keeps that one and names the key action") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.store.alter_error = [](std::size_t number) {
    return number == 1 ? std::optional(Error{.kind = ErrorKind::kRefused, .message = "HTTP 401"})
                       : std::nullopt;
  };
  const RetireReport report = fixture.Run();
  CHECK(report.exit_code == kExitRefused);
  CHECK(report.collections.front().message ==
        "docs_1 was not deleted, which needs the key action collections:delete: HTTP 401");
  CHECK(report.collections.front().old[1].state == OldState::kDeleted);
}

TEST_CASE("retire: an outage ends it, and what was not begun says so") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.Configure("others");
  fixture.store.alter_error = [](std::size_t) {
    return std::optional(Error{.kind = ErrorKind::kOutage, .message = "no node answers"});
  };
  const RetireReport report = fixture.Run();
  CHECK(report.exit_code == kExitTemporary);
  CHECK(report.message == "no node answers");
  CHECK(report.collections[0].status == RetireStatus::kError);
  CHECK(report.collections[0].old.size() == 1);
  CHECK(report.collections[1].message == "not started: no node answers");
  CHECK(fixture.store.alterations == Strings{"delete docs_1"});
}

TEST_CASE("retire: a signal ends it between two deletions") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.Configure("others");
  fixture.store.on_alter = [&](const std::string&) { fixture.drain.request_stop(); };
  const RetireReport report = fixture.Run();
  CHECK(report.exit_code == kExitInterrupted);
  CHECK(report.message == "interrupted: run `reembed retire` again to finish");
  CHECK(report.collections[0].status == RetireStatus::kInterrupted);
  CHECK(Names(report.InState(OldState::kDeleted)) == Strings{"docs_1"});
  CHECK(report.collections[1].status == RetireStatus::kInterrupted);
  CHECK(fixture.store.collections.contains("docs_2"));
}

TEST_CASE("retire: what has turned up since the question is not deleted") {
  RetireFixture fixture;
  fixture.AddChain();
  fixture.agreed = {{"docs_1", 101}};
  const RetireReport report = fixture.RunAgreed();
  CHECK(report.exit_code == kExitTemporary);
  CHECK(fixture.store.alterations == Strings{"delete docs_1"});
  CHECK(report.message ==
        "docs_2 has turned up since the question was asked: run `reembed retire` again");
}

TEST_CASE("retire choice: left twice, the last time counts; a copy never described does not") {
  RetireFixture fixture;
  const CollectionId first{"docs_1", 101};
  const CollectionId second{"docs_2", 102};
  const CollectionId third{"docs_3", 103};
  std::vector<Cutover> all = {fixture.Switch(first, second, CutoverStep::kUndone),
                              fixture.Switch(first, second, CutoverStep::kDone),
                              fixture.Switch(second, third, CutoverStep::kDone),
                              fixture.Switch(third, {"docs_4", 0}, CutoverStep::kUndone)};
  const CollectionConfig config = Configured("docs");
  const auto old = ChooseOld(all, config, third, kNodes);
  REQUIRE(Names(old) == Strings{"docs_1", "docs_2"});
  CHECK(old[1].kind == OldKind::kServed);
  CHECK(old[1].since == all[2].changed);
  // Nor does what is in use again.
  CHECK(Names(ChooseOld(all, config, first, kNodes)) == Strings{"docs_2"});
}
