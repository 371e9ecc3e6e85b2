#include "tests/support/journal_rig.h"

namespace reembed::testing {
namespace {

std::vector<RunRecord> Runs(JournalRig& rig) {
  return Value(rig.store().Runs());
}

RunSpec Forced(RunSpec spec) {
  spec.force = true;
  return spec;
}

void DescribesItsRuns(JournalRig rig) {
  CHECK(Runs(rig).empty());
  RunSpec spec = SpecOf("books");
  spec.recipe.normalize = NormalizeRule::kNever;
  spec.recipe.on_long_text = LongTextRule::kFail;
  spec.recipe.max_text_tokens = 8191;
  spec.recipe.task_type = "R\"D\n";
  auto journal = rig.Open(spec);
  CHECK_FALSE(journal->run().continued);
  RunSpec films = SpecOf("films");
  films.backup = false;
  films.now = Day(2);
  {
    const auto run = rig.Open(films);
    Scan(*run, {{"1", "a"}});
    Done(run->EndRun(Day(3)));
  }
  const RunIdentity first = journal->run();
  const std::vector<RunRecord> runs = Runs(rig);
  journal.reset();
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].id == first.id);
  CHECK(runs[0].number == first.number);
  CHECK(runs[0].name == "key of books");
  CHECK(runs[0].target == spec.target);
  CHECK(runs[0].recipe == spec.recipe);
  CHECK(runs[0].nodes == spec.nodes);
  CHECK(runs[0].started == Day(1));
  CHECK_FALSE(runs[0].ended.has_value());
  CHECK(runs[0].state == RunState::kOpen);
  CHECK(runs[0].with_backup);
  CHECK_FALSE(runs[0].pruned);
  CHECK(runs[0].backups == 0);
  CHECK(runs[1].id >= runs[0].id);
  CHECK(runs[1].number > runs[0].number);
  CHECK(runs[1].ended == Day(3));
  CHECK(runs[1].state == RunState::kEnded);
  CHECK_FALSE(runs[1].with_backup);
  CHECK(rig.store().SizeOnDisk().ok());
  rig.Restart();
  RunSpec later = SpecOf("songs");
  later.now = Day(4);
  CHECK(rig.Open(later)->run().id > runs[1].id);
}

void GoesOn(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books"));
  const RunIdentity first = journal->run();
  SECTION("while it is open") {}
  SECTION("after it has ended, and is open again") {
    Done(journal->EndRun(Day(2)));
  }
  SECTION("in a later session") {
    journal.reset();
    rig.Restart();
  }
  SECTION("when one node is the same") {
    journal.reset();
  }
  RunSpec again = SpecOf("books");
  again.nodes = {"HTTP://Two.test:8108/", "http://three.test:8108"};
  again.now = Day(5);
  journal = rig.Open(again);
  CHECK(journal->run().continued);
  CHECK(journal->run().number == first.number);
  CHECK(journal->run().id == first.id);
  REQUIRE(Runs(rig).size() == 1);
  CHECK(Runs(rig)[0].state == RunState::kOpen);
  CHECK_FALSE(Runs(rig)[0].ended.has_value());
  CHECK(Runs(rig)[0].started == Day(1));
}

void BeginsAnotherForAnotherRecipe(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books", "m1"));
  const auto films = rig.Open(SpecOf("films", "m1"));
  RunSpec other = SpecOf("books", "m2");
  other.now = Day(2);
  journal = rig.Open(other);
  CHECK_FALSE(journal->run().continued);
  std::vector<RunRecord> runs = Runs(rig);
  REQUIRE(runs.size() == 3);
  CHECK(runs[0].state == RunState::kEnded);
  CHECK(runs[0].ended == Day(2));
  CHECK(runs[1].state == RunState::kOpen);
  CHECK(runs[2].state == RunState::kOpen);
  // The latest run counts: the first one does not go on.
  journal = rig.Open(SpecOf("books", "m1"));
  CHECK_FALSE(journal->run().continued);
  CHECK(journal->run().number > runs[2].number);
}

void TakesAnyChangeOfTheRecipe(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books"));
  std::vector<RunSpec> others(8, SpecOf("books"));
  others[0].recipe.family = "other";
  others[1].recipe.base_url = "http://other.test";
  others[2].recipe.dimensions = 4;
  others[3].recipe.task_type = "other";
  others[4].recipe.prefix = "passage:";
  others[5].recipe.normalize = NormalizeRule::kAlways;
  others[6].recipe.on_long_text = LongTextRule::kAverage;
  others[7].recipe.max_text_tokens = 1;
  for (std::size_t i = 0; i < others.size(); ++i) {
    CAPTURE(i);
    journal = rig.Open(others[i]);
    CHECK_FALSE(journal->run().continued);
    journal = rig.Open(others[i]);
    CHECK(journal->run().continued);
  }
}

void BeginsAnotherForAnotherCluster(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books"));
  const std::int64_t first = journal->run().number;
  Scan(*journal, {{"1", "a", DocumentClass::kNew, OldField("first")}});
  Write(*journal, "1", "a");
  RunSpec staging = SpecOf("books");
  staging.nodes = {"http://staging.test:8108"};
  journal = rig.Open(staging);
  CHECK_FALSE(journal->run().continued);
  // Own backups, and the texts are free.
  Scan(*journal, {{"1", "a", DocumentClass::kForeignVector, OldField("second")}});
  CHECK(IdsOf(Admit(*journal, {{"1", "a"}}).ready) == Ids{"1"});
  REQUIRE(Runs(rig).size() == 2);
  CHECK(Runs(rig)[0].state == RunState::kOpen);
  CHECK(Runs(rig)[1].backups == 1);
  journal = rig.Open(SpecOf("books"));
  CHECK(journal->run().continued);
  CHECK(journal->run().number == first);
}

void ForgetsWhatWasPaid(JournalRig rig) {
  auto books = rig.Open(SpecOf("books"));
  auto films = rig.Open(SpecOf("films"));
  for (Journal* journal : {books.get(), films.get()}) {
    Scan(*journal, {{"1", "a"}, {"2", "b"}});
    Write(*journal, "1", "a");
    Write(*journal, "2", "b");
  }
  books.reset();
  films.reset();
  rig.Restart();

  books = rig.Open(Forced(SpecOf("books")));
  CHECK_FALSE(books->run().continued);
  CHECK_FALSE(IsPaid(*books, "a"));
  CHECK(Row(*books, "1")->text == HashText("a"));
  CHECK_FALSE(Row(*books, "1")->vector.has_value());
  CHECK_FALSE(IsPaid(*rig.View(SpecOf("books")), "a"));
  Scan(*books, {{"1", "a"}, {"2", "b"}});
  CHECK(Admit(*books, {{"1", "a"}}).embed.size() == 1);
  const std::vector<EmbeddedText> texts = {{HashText("a"), VectorFor("a", 9.0F), false}};
  CHECK(IdsOf(Value(books->SaveVectors(texts))) == Ids{"1"});
  CHECK(Row(*books, "1")->vector == HashVector(*VectorFor("a", 9.0F)));

  // Forced as well, in the same session: not paid twice.
  films = rig.Open(Forced(SpecOf("films")));
  CHECK_FALSE(films->run().continued);
  Scan(*films, {{"1", "a"}, {"2", "b"}});
  const Admitted admitted = Admit(*films, {{"1", "a"}, {"2", "b"}});
  CHECK(admitted.embed == std::vector<std::size_t>{1});
  CHECK(IdsOf(admitted.ready) == Ids{"1"});
  Save(*films, "b");
  books.reset();
  films.reset();
  rig.Restart();

  // Without force it goes on from there.
  books = rig.Open(SpecOf("books"));
  CHECK(books->run().continued);
  CHECK(IsPaid(*books, "b"));
  const Admitted rerun = Admit(*books, {{"1", "a"}, {"2", "b"}});
  REQUIRE(IdsOf(rerun.ready) == Ids{"1", "2"});
  CHECK(*rerun.ready[0].vector == *VectorFor("a", 9.0F));
  // Forced in a later session: once more from nothing.
  books = rig.Open(Forced(SpecOf("books")));
  CHECK_FALSE(IsPaid(*books, "a"));
}

void OnlyLooks(JournalRig rig) {
  const auto unknown = rig.View(SpecOf("books"));
  CHECK_FALSE(Row(*unknown, "1").has_value());
  CHECK_FALSE(IsPaid(*unknown, "a"));
  CHECK(Runs(rig).empty());
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}});
  Write(*journal, "1", "a");
  const auto view = rig.View(SpecOf("books"));
  CHECK(Row(*view, "1")->text == HashText("a"));
  CHECK(Row(*view, "1")->vector == HashVector(*VectorFor("a")));
  CHECK(Row(*view, "1")->state == DocumentState::kWritten);
  CHECK(Row(*view, "2")->state == DocumentState::kPending);
  CHECK(IsPaid(*view, "a"));
  CHECK_FALSE(IsPaid(*view, "b"));
  const auto other = rig.View(SpecOf("books", "m2"));
  CHECK_FALSE(Row(*other, "1")->vector.has_value());
  CHECK_FALSE(IsPaid(*other, "a"));
  CHECK_FALSE(Row(*rig.View(SpecOf("films")), "1").has_value());
  CHECK(IsPaid(*rig.View(SpecOf("films")), "a"));
  CHECK(Runs(rig).size() == 1);
}

}  // namespace

void RunJournalRunSuite(const MakeJournal& make) {
  SECTION("runs are described, oldest first") {
    DescribesItsRuns(JournalRig(make));
  }
  SECTION("a run goes on") {
    GoesOn(JournalRig(make));
  }
  SECTION("another recipe begins another run and ends the open one") {
    BeginsAnotherForAnotherRecipe(JournalRig(make));
  }
  SECTION("every part of a recipe counts") {
    TakesAnyChangeOfTheRecipe(JournalRig(make));
  }
  SECTION("another cluster begins another run and leaves the open one") {
    BeginsAnotherForAnotherCluster(JournalRig(make));
  }
  SECTION("force forgets what was paid before, for the recipe") {
    ForgetsWhatWasPaid(JournalRig(make));
  }
  SECTION("a view changes nothing") {
    OnlyLooks(JournalRig(make));
  }
}

}  // namespace reembed::testing
