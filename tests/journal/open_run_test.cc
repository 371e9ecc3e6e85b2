#include "journal_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

std::unique_ptr<Journal> Run(JournalStore& store, const RunSpec& spec) {
  return Must(store.OpenRun(spec));
}

std::optional<JournalRow> RowOf(JournalView& view, std::string_view id) {
  return Must(view.Rows(std::vector{id})).front();
}

}  // namespace

TEST_CASE("open run: the first is new, named by time and session") {
  const auto store = TransientJournal();
  const auto run = Run(*store, SomeRun());
  CHECK(run->run().id == "20261121T061400Z-1");
  CHECK(run->run().number == 1);
  CHECK_FALSE(run->run().continued);
  const std::vector<RunRecord> runs = Must(store->Runs());
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].id == "20261121T061400Z-1");
  CHECK(runs[0].name == "books");
  CHECK(runs[0].target == SomeRun().target);
  CHECK(runs[0].recipe == SomeRecipe());
  CHECK(runs[0].nodes == std::vector<std::string>{"http://a:8108"});
  CHECK(runs[0].started == At(0));
  CHECK_FALSE(runs[0].ended);
  CHECK(runs[0].state == RunState::kOpen);
}

TEST_CASE("open run: collections of one session share the id and not the number") {
  const auto store = TransientJournal();
  Run(*store, SomeRun("books"));
  const auto second = Run(*store, SomeRun("films", 3));
  CHECK(second->run().id == "20261121T061400Z-1");
  CHECK(second->run().number == 2);
}

TEST_CASE("open run: a rerun continues, also what had ended") {
  const JournalFolder folder;
  Must(Run(*Opened(folder.place()), SomeRun())->EndRun(At(1)));
  const auto store = Opened(folder.place());
  CHECK(Must(store->Runs())[0].ended == At(1));
  const auto run = Run(*store, SomeRun("books", 5));
  CHECK(run->run().continued);
  CHECK(run->run().id == "20261121T061400Z-1");
  const RunRecord record = Must(store->Runs())[0];
  CHECK(record.state == RunState::kOpen);
  CHECK_FALSE(record.ended);
}

TEST_CASE("open run: another recipe begins a run and ends the open one") {
  const auto store = TransientJournal();
  Run(*store, SomeRun());
  RunSpec other = SomeRun("books", 2);
  other.recipe = SomeRecipe("large");
  CHECK(Run(*store, other)->run().number == 2);
  const std::vector<RunRecord> runs = Must(store->Runs());
  CHECK(runs[0].state == RunState::kEnded);
  CHECK(runs[0].ended == At(2));
  CHECK(runs[1].state == RunState::kOpen);
}

TEST_CASE("open run: another cluster begins a run, leaves the open one, and texts stay paid") {
  const auto store = TransientJournal();
  Migrate(*Run(*store, SomeRun()), "1", "text", 1);
  RunSpec other = SomeRun("books", 2);
  other.nodes = {"http://b:8108"};
  const auto run = Run(*store, other);
  CHECK(run->run().number == 2);
  CHECK(Must(store->Runs())[0].state == RunState::kOpen);
  CHECK(Must(run->Paid(std::vector{HashText("text")})) == std::vector<bool>{true});
  CHECK(RowOf(*run, "1")->vector == HashVector(*SomeVector(1)));

  RunSpec both = SomeRun("books", 3);
  both.nodes = {"http://c:8108", "http://a:8108"};
  CHECK(Run(*store, both)->run().number == 1);
}

TEST_CASE("open run: by force a new run that pays anew, shared by the session's collections") {
  const JournalFolder folder;
  {
    const auto store = Opened(folder.place());
    Migrate(*Run(*store, SomeRun()), "1", "text", 1);
  }
  RunSpec forced = SomeRun("books", 2), films = SomeRun("films", 2);
  forced.force = films.force = true;
  {
    const auto store = Opened(folder.place());
    const auto run = Run(*store, forced);
    CHECK(run->run().number == 2);
    CHECK(Must(store->Runs())[0].state == RunState::kEnded);
    CHECK(Must(run->Paid(std::vector{HashText("text")})) == std::vector<bool>{false});
    CHECK_FALSE(RowOf(*run, "1")->vector);
    Migrate(*run, "1", "text", 2);
    CHECK(Must(Run(*store, films)->Paid(std::vector{HashText("text")})) == std::vector<bool>{true});
  }
  const auto store = Opened(folder.place());
  const auto run = Run(*store, SomeRun("books", 3));
  CHECK(run->run().number == 2);
  CHECK(run->run().continued);
  CHECK(RowOf(*run, "1")->vector == HashVector(*SomeVector(2)));
  CHECK(Must(Run(*store, SomeRun("plays", 3))->Paid(std::vector{HashText("text")})) ==
        std::vector<bool>{true});
  forced.now = At(4);
  const auto again = Run(*store, forced);
  CHECK(again->run().number == 5);
  CHECK(Must(again->Paid(std::vector{HashText("text")})) == std::vector<bool>{false});
}

TEST_CASE("open run: what was rolled back or pruned is not continued") {
  const auto store = TransientJournal();
  const auto first = Run(*store, SomeRun());
  Must(store->EndRestore(SomeRun().target, std::vector<std::int64_t>{1}, At(1)));
  CHECK(Must(store->Runs())[0].state == RunState::kRolledBack);
  CHECK(Must(store->Runs())[0].ended == At(1));

  const auto second = Run(*store, SomeRun("books", 2));
  CHECK(second->run().number == 2);
  Must(second->EndRun(At(3)));
  CHECK(Must(store->Prune(At(4))).runs == 2);
  CHECK(Run(*store, SomeRun("books", 5))->run().number == 3);
}

TEST_CASE("open run: a view chooses what the next run would") {
  const auto store = TransientJournal();
  const auto nothing = Must(store->View(SomeRun().target, SomeRecipe()));
  CHECK_FALSE(RowOf(*nothing, "1"));
  CHECK(Must(nothing->Paid(std::vector{HashText("text")})) == std::vector<bool>{false});
  CHECK(Must(store->Runs()).empty());

  Migrate(*Run(*store, SomeRun()), "1", "text", 1);
  RunSpec forced = SomeRun("films", 1);
  forced.force = true;
  Run(*store, forced);
  const auto books = Must(store->View(SomeRun().target, SomeRecipe()));
  CHECK(RowOf(*books, "1")->vector == HashVector(*SomeVector(1)));
  CHECK(RowOf(*books, "1")->state == DocumentState::kWritten);
  // The newest epoch of the fingerprint is the forced one's, where nothing is paid.
  const auto plays = Must(store->View(SomeRun("plays").target, SomeRecipe()));
  CHECK(Must(plays->Paid(std::vector{HashText("text")})) == std::vector<bool>{false});
}
