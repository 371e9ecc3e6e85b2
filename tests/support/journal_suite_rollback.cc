#include "tests/support/journal_rig.h"

namespace reembed::testing {
namespace {

using Numbers = std::vector<std::int64_t>;
using Backups = std::vector<std::optional<FieldBackup>>;

Target Books() {
  return SpecOf("books").target;
}

Backups FirstOf(JournalRig& rig, const Numbers& runs, const Ids& ids) {
  return Value(rig.store().FirstBackups(Books(), runs, Views(ids)));
}

std::string FourBytes() {
  return {'\x00', '\xff', '\x80', '?'};
}

void KeepsTheFirstBackup(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books"));
  const std::int64_t run = journal->run().number;
  const FieldBackup absent = {BackupKind::kAbsent, std::string(1, '\x02')};
  const FieldBackup null = {BackupKind::kNull, ""};
  const FieldBackup numbers = {BackupKind::kFloat32, FourBytes()};
  Scan(*journal, {{"1", "a", DocumentClass::kNew, absent},
                  {"2", "b", DocumentClass::kStaleText, null},
                  {"3", "c", DocumentClass::kForeignVector, numbers},
                  {"4", "d", DocumentClass::kUpToDate}});
  Write(*journal, "1", "a");
  const Backups expected = {absent, null, numbers, std::nullopt, std::nullopt};
  const Ids ids = {"1", "2", "3", "4", "none"};
  CHECK(FirstOf(rig, {run}, ids) == expected);
  for (int pass = 0; pass < 2; ++pass) {
    if (pass == 1) Done(journal->EndRun(Day(2)));
    journal.reset();
    rig.Restart();
    journal = rig.Open(SpecOf("books"));
    REQUIRE(journal->run().number == run);
    Scan(*journal, {{"1", "x", DocumentClass::kStaleText, OldField("later")},
                    {"2", "b", DocumentClass::kForeignVector, OldField("later")},
                    {"3", "c", DocumentClass::kForeignVector, OldField("later")}});
    CHECK(FirstOf(rig, {run}, ids) == expected);
    CHECK(Value(rig.store().Runs()).at(0).backups == 3);
  }
}

void KeepsNoneWhenAsked(JournalRig rig) {
  RunSpec spec = SpecOf("books");
  spec.backup = false;
  const auto journal = rig.Open(spec);
  Scan(*journal, {{"1", "a", DocumentClass::kNew, OldField("1")}});
  CHECK(FirstOf(rig, {journal->run().number}, {"1"}) == Backups{std::nullopt});
  CHECK(Value(rig.store().Runs()).at(0).backups == 0);
}

void FindsTheEarliestRun(JournalRig rig) {
  Numbers runs;
  for (const std::string model : {"m1", "m2", "m3"}) {
    const auto journal = rig.Open(SpecOf("books", model));
    runs.push_back(journal->run().number);
    const std::string id = "only " + model;
    Scan(*journal, {{"all", "a", DocumentClass::kNew, OldField(model)},
                    {id, "b", DocumentClass::kNew, OldField("only " + model)}});
  }
  CHECK(FirstOf(rig, {runs[2], runs[0], runs[1]}, {"all", "only m2"}) ==
        Backups{OldField("m1"), OldField("only m2")});
  CHECK(FirstOf(rig, {runs[2], runs[1]}, {"only m1", "all"}) ==
        Backups{std::nullopt, OldField("m2")});
  CHECK(FirstOf(rig, {}, {"all"}) == Backups{std::nullopt});
  const std::vector<std::string_view> ids = {"all"};
  CHECK_FALSE(Value(rig.store().FirstBackups(SpecOf("films").target, {}, ids)).at(0).has_value());
}

std::vector<bool> AreOurs(JournalRig& rig, const std::vector<SharedEmbedding>& vectors) {
  std::vector<VectorHash> hashes;
  for (const SharedEmbedding& vector : vectors) hashes.push_back(HashVector(*vector));
  return Value(rig.store().AreOurs(hashes));
}

void KnowsItsVectors(JournalRig rig) {
  const std::vector<SharedEmbedding> vectors = {VectorFor("a"), VectorFor("a", 1.0F),
                                                VectorFor("a", 2.0F), VectorFor("b")};
  CHECK(AreOurs(rig, vectors) == std::vector<bool>{false, false, false, false});
  auto journal = rig.Open(SpecOf("books", "m1"));
  Save(*journal, "a");
  journal = rig.Open(SpecOf("films", "m2"));
  const std::vector<EmbeddedText> second = {{HashText("a"), VectorFor("a", 1.0F), false}};
  Value(journal->SaveVectors(second));
  RunSpec forced = SpecOf("books", "m1");
  forced.force = true;
  journal = rig.Open(forced);
  CHECK(AreOurs(rig, vectors) == std::vector<bool>{true, true, false, false});
  // A text that is paid for again: both vectors are ours.
  const std::vector<EmbeddedText> third = {{HashText("a"), VectorFor("a", 2.0F), false}};
  Value(journal->SaveVectors(third));
  CHECK(AreOurs(rig, vectors) == std::vector<bool>{true, true, true, false});
}

/// Three written documents with backups, and one without.
std::int64_t WriteBooks(JournalRig& rig, const std::string& model = "m1") {
  const auto journal = rig.Open(SpecOf("books", model));
  Scan(*journal, {{"1", "a", DocumentClass::kNew, OldField("1")},
                  {"2", "b", DocumentClass::kNew, OldField("2")},
                  {"3", "c", DocumentClass::kNew, OldField("3")},
                  {"4", "d", DocumentClass::kNew}});
  for (const auto& [id, text] : IdsAndTexts{{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}}) {
    Write(*journal, id, text);
  }
  Done(journal->EndRun(Day(2)));
  return journal->run().number;
}

Ids ToRestore(JournalRig& rig, const Numbers& runs, std::string_view after = "",
              std::size_t max = 100) {
  Ids ids;
  for (const auto& document : Value(rig.store().NextToRestore(Books(), runs, after, max))) {
    CHECK(document.backup == OldField(document.id));
    ids.push_back(document.id);
  }
  return ids;
}

void Restores(JournalRig rig) {
  const Numbers runs = {WriteBooks(rig)};
  Done(rig.store().BeginRestore(Books()));
  Done(rig.store().NoteToRestore(Books(), Views({"3", "1"})));
  Done(rig.store().NoteToRestore(Books(), Views({"2", "1"})));
  CHECK(ToRestore(rig, runs) == Ids{"1", "2", "3"});
  CHECK(ToRestore(rig, runs, "", 2) == Ids{"1", "2"});
  CHECK(ToRestore(rig, runs, "1", 9) == Ids{"2", "3"});
  Done(rig.store().SaveRestored(Books(), Views({"2"})));
  CHECK(ToRestore(rig, runs) == Ids{"1", "3"});
  rig.Restart();
  CHECK(ToRestore(rig, runs) == Ids{"1", "3"});
  // Begun again: what the unfinished one noted is replaced.
  Done(rig.store().BeginRestore(Books()));
  Done(rig.store().NoteToRestore(Books(), Views({"3"})));
  CHECK(ToRestore(rig, runs) == Ids{"3"});
  Done(rig.store().SaveRestored(Books(), Views({"3"})));
  Done(rig.store().EndRestore(Books(), runs, Day(3)));
  CHECK(ToRestore(rig, runs).empty());
  CHECK(Value(rig.store().Runs()).at(0).state == RunState::kRolledBack);

  const auto view = rig.View(SpecOf("books"));
  CHECK(Row(*view, "1")->state == DocumentState::kWritten);
  CHECK(Row(*view, "2")->state == DocumentState::kEmbedded);
  CHECK(Row(*view, "3")->state == DocumentState::kEmbedded);
  CHECK(Row(*view, "3")->vector == HashVector(*VectorFor("c")));
  // A rolled back run does not go on, and what it paid for is written without paying.
  const auto journal = rig.Open(SpecOf("books"));
  CHECK_FALSE(journal->run().continued);
  CHECK(journal->run().number > runs[0]);
  Scan(*journal, {{"2", "b", DocumentClass::kForeignVector, OldField("2")}});
  CHECK(IdsOf(Admit(*journal, {{"2", "b"}}).ready) == Ids{"2"});
}

void TellsAnUnfinishedRestore(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}});
  journal.reset();
  Done(rig.store().BeginRestore(Books()));
  Done(rig.store().NoteToRestore(Books(), Views({"1", "2"})));
  rig.Restart();
  Done(rig.store().SaveRestored(Books(), Views({"1"})));
  CHECK(Value(rig.store().CountsOf(Books())).to_restore == 1);
  journal = rig.Open(SpecOf("books"));  // a run in its place
  CHECK(Value(rig.store().CountsOf(Books())).to_restore == 0);
}

void RestoresOneTargetOnly(JournalRig rig) {
  const Numbers runs = {WriteBooks(rig)};
  const auto films = rig.Open(SpecOf("films"));
  const Numbers others = {films->run().number};
  Scan(*films, {{"1", "a", DocumentClass::kNew, OldField("1")}});
  Write(*films, "1", "a");
  for (const Target& target : {SpecOf("films").target, Books()}) {
    Done(rig.store().BeginRestore(target));
    Done(rig.store().NoteToRestore(target, Views({"1"})));
  }
  Done(rig.store().SaveRestored(Books(), Views({"1"})));
  Done(rig.store().EndRestore(Books(), runs, Day(3)));
  CHECK(Row(*films, "1")->state == DocumentState::kWritten);
  CHECK(Value(rig.store().NextToRestore(SpecOf("films").target, others, "", 9)).size() == 1);
  CHECK(Value(rig.store().Runs()).at(1).state == RunState::kOpen);
}

void PrunesWhatHasEnded(JournalRig rig) {
  const std::int64_t run = WriteBooks(rig);
  CHECK(Value(rig.store().Prune(Day(2))).runs == 0);
  CHECK(FirstOf(rig, {run}, {"1"}) == Backups{OldField("1")});
  const Pruned pruned = Value(rig.store().Prune(Day(3)));
  CHECK(pruned.runs == 1);
  CHECK(pruned.backups == 3);
  CHECK(pruned.vectors == 4);
  CHECK(pruned.vectors_needed == 0);
  CHECK(FirstOf(rig, {run}, {"1"}) == Backups{std::nullopt});
  const std::vector<RunRecord> runs = Value(rig.store().Runs());
  CHECK(runs.at(0).pruned);
  CHECK(runs.at(0).backups == 0);
  // Hashes stay: what is up to date is still known as such.
  CHECK(AreOurs(rig, {VectorFor("a")}) == std::vector<bool>{true});
  CHECK(Row(*rig.View(SpecOf("books")), "1")->vector == HashVector(*VectorFor("a")));
  CHECK_FALSE(IsPaid(*rig.View(SpecOf("books")), "a"));
  CHECK(Value(rig.store().Prune(Day(9))).runs == 0);

  // Its backups are gone, so it does not go on; its texts are paid for anew.
  const auto journal = rig.Open(SpecOf("books"));
  CHECK_FALSE(journal->run().continued);
  Scan(*journal, {{"1", "a", DocumentClass::kForeignVector}});
  CHECK(Admit(*journal, {{"1", "a"}}).embed.size() == 1);
  const std::vector<EmbeddedText> texts = {{HashText("a"), VectorFor("a", 5.0F), false}};
  CHECK(IdsOf(Value(journal->SaveVectors(texts))) == Ids{"1"});
  CHECK(AreOurs(rig, {VectorFor("a"), VectorFor("a", 5.0F)}) == std::vector<bool>{true, true});
}

void PruneKeepsOpenRuns(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a", DocumentClass::kNew, OldField("1")}, {"2", "b"}});
  Write(*journal, "1", "a");
  const Pruned pruned = Value(rig.store().Prune(Day(900)));
  CHECK(pruned.runs + pruned.backups + pruned.vectors == 0);
  CHECK(IsPaid(*journal, "a"));
  CHECK(FirstOf(rig, {journal->run().number}, {"1"}) == Backups{OldField("1")});
}

void PruneKeepsWhatIsNeeded(JournalRig rig) {
  // Of an ended run: written, embedded and not written, failed at the store.
  auto books = rig.Open(SpecOf("books"));
  Scan(*books, {{"1", "a"}, {"2", "b"}, {"3", "c"}});
  Write(*books, "1", "a");
  Admit(*books, {{"2", "b"}, {"3", "c"}});
  Save(*books, "b");
  Save(*books, "c");
  End(*books, "3", DocumentState::kFailed);
  Done(books->EndRun(Day(2)));
  const Pruned pruned = Value(rig.store().Prune(Day(3)));
  CHECK(pruned.runs == 1);
  // A journal may keep more than it must.
  CHECK(pruned.vectors_needed >= 2);
  CHECK(pruned.vectors + pruned.vectors_needed == 3);
  books.reset();
  rig.Restart();
  books = rig.Open(SpecOf("books"));
  Scan(*books, {{"1", "a", DocumentClass::kUpToDate},
                {"2", "b", DocumentClass::kForeignVector},
                {"3", "c", DocumentClass::kForeignVector}});
  CHECK(IdsOf(Admit(*books, {{"2", "b"}, {"3", "c"}}).ready) == Ids{"2", "3"});
  End(*books, "2", DocumentState::kWritten);
  Done(books->EndRun(Day(4)));
  Value(rig.store().Prune(Day(5)));
  CHECK(IsPaid(*books, "c"));
  // Gone, or only not under the filter: it was paid for and never written.
  const std::vector<ScanDocument> others = {{"1", "a", DocumentClass::kUpToDate},
                                            {"2", "b", DocumentClass::kUpToDate}};
  CHECK(Scan(*books, others).gone == 1);
  CHECK(Value(rig.store().Prune(Day(6))).vectors_needed >= 1);
  CHECK(IsPaid(*books, "c"));
  // Written once, nobody needs it any more, also when it is gone then.
  Write(*books, "3", "c");
  CHECK(Scan(*books, others).gone == 1);
  Value(rig.store().Prune(Day(6)));
  CHECK_FALSE(IsPaid(*books, "b"));
  CHECK_FALSE(IsPaid(*books, "c"));
}

void PruneKeepsWhatOthersNeed(JournalRig rig) {
  WriteBooks(rig);
  const auto films = rig.Open(SpecOf("films"));
  Scan(*films, {{"9", "a"}});
  Value(rig.store().Prune(Day(3)));
  CHECK(IdsOf(Admit(*films, {{"9", "a"}}).ready) == Ids{"9"});
  Done(films->EndRun(Day(4)));
  Value(rig.store().Prune(Day(5)));
  CHECK(IsPaid(*films, "a"));
  End(*films, "9", DocumentState::kWritten);
  Value(rig.store().Prune(Day(5)));
  CHECK_FALSE(IsPaid(*films, "a"));
}

void PruneKeepsWhatWasRolledBack(JournalRig rig) {
  const Numbers runs = {WriteBooks(rig)};
  Done(rig.store().BeginRestore(Books()));
  Done(rig.store().NoteToRestore(Books(), Views({"1"})));
  Done(rig.store().SaveRestored(Books(), Views({"1"})));
  Done(rig.store().EndRestore(Books(), runs, Day(3)));
  const Pruned pruned = Value(rig.store().Prune(Day(9)));
  CHECK(pruned.backups == 3);
  CHECK(pruned.vectors_needed >= 1);
  CHECK(IsPaid(*rig.View(SpecOf("books")), "a"));
  // Not shown by the next run's pass: it is still to be written without paying.
  const auto journal = rig.Open(SpecOf("books"));
  CHECK(Scan(*journal, {}).gone == 4);
  Done(journal->EndRun(Day(10)));
  Value(rig.store().Prune(Day(11)));
  CHECK(IsPaid(*journal, "a"));
}

}  // namespace

void RunJournalRollbackSuite(const MakeJournal& make) {
  SECTION("a run's first backup of a document is never replaced") {
    KeepsTheFirstBackup(JournalRig(make));
  }
  SECTION("a run without backup keeps none") {
    KeepsNoneWhenAsked(JournalRig(make));
  }
  SECTION("the earliest of the runs to undo counts") {
    FindsTheEarliestRun(JournalRig(make));
  }
  SECTION("every vector that was ever held is ours") {
    KnowsItsVectors(JournalRig(make));
  }
  SECTION("documents are restored, also across sessions") {
    Restores(JournalRig(make));
  }
  SECTION("a restore that was cut off is known until a run takes its place") {
    TellsAnUnfinishedRestore(JournalRig(make));
  }
  SECTION("a restore concerns its target alone") {
    RestoresOneTargetOnly(JournalRig(make));
  }
  SECTION("pruning removes blobs of ended runs and keeps hashes") {
    PrunesWhatHasEnded(JournalRig(make));
  }
  SECTION("pruning leaves open runs alone") {
    PruneKeepsOpenRuns(JournalRig(make));
  }
  SECTION("pruning leaves what an unwritten document needs") {
    PruneKeepsWhatIsNeeded(JournalRig(make));
  }
  SECTION("pruning leaves what another collection needs") {
    PruneKeepsWhatOthersNeed(JournalRig(make));
  }
  SECTION("pruning leaves what a rolled back document needs") {
    PruneKeepsWhatWasRolledBack(JournalRig(make));
  }
}

}  // namespace reembed::testing
