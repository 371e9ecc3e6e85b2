#include "tests/support/journal_rig.h"

namespace reembed::testing {
namespace {

using Found = DocumentClass;

constexpr std::size_t kDimensions = 3;

/// A document as the store holds it.
struct Stored {
  std::string id, text;
  SharedEmbedding vector;  ///< null: none
};

/// Judges documents as a scan would, by the journal's rows.
std::vector<Found> Judge(JournalView& view, const std::vector<Stored>& documents) {
  std::vector<Found> found;
  for (const Stored& stored : documents) {
    StoreRow store = {.text = HashText(stored.text), .vector = {}, .length = 0};
    if (stored.vector != nullptr) {
      store.vector = HashVector(*stored.vector);
      store.length = kDimensions;
    }
    const std::optional<JournalRow> row = Row(view, stored.id);
    found.push_back(Classify(&store, row ? &*row : nullptr, kDimensions));
  }
  return found;
}

/// A pass over the store, judged.
std::vector<Found> Pass(Journal& journal, const std::vector<Stored>& documents) {
  const std::vector<Found> found = Judge(journal, documents);
  std::vector<ScanDocument> seen;
  for (std::size_t i = 0; i < documents.size(); ++i)
    seen.push_back({documents[i].id, documents[i].text, found[i]});
  Scan(journal, seen);
  return found;
}

/// Another recipe's vector of a text is another one.
SharedEmbedding SecondVector(std::string_view text) {
  return VectorFor(text, 2.0F);
}

/// Two documents, written by the first recipe; returns what the store holds then.
std::vector<Stored> WriteByFirst(JournalRig& rig, const RunSpec& spec) {
  const auto journal = rig.Open(spec);
  Scan(*journal, {{"1", "a"}, {"2", "b"}});
  Write(*journal, "1", "a");
  Write(*journal, "2", "b");
  Done(journal->EndRun(Day(2)));
  return {{"1", "a", VectorFor("a")}, {"2", "b", VectorFor("b")}};
}

const std::vector<Found> kBothNew = {Found::kNew, Found::kNew};
const std::vector<Found> kBothUpToDate = {Found::kUpToDate, Found::kUpToDate};
const std::vector<Found> kBothForeign = {Found::kForeignVector, Found::kForeignVector};

void KnowsWhatTheStoreStillHolds(JournalRig rig) {
  const std::vector<Stored> stored = WriteByFirst(rig, SpecOf("books", "m1"));
  SECTION("also when it was pruned") {
    CHECK(Value(rig.store().Prune(Day(3))).vectors == 2);
  }
  SECTION("also when it is there") {}
  // The second recipe looks and writes nothing.
  CHECK(Pass(*rig.Open(SpecOf("books", "m2")), stored) == kBothNew);
  rig.Restart();

  CHECK(Judge(*rig.View(SpecOf("books", "m1")), stored) == kBothUpToDate);
  const auto journal = rig.Open(SpecOf("books", "m1"));
  CHECK(Pass(*journal, stored) == kBothUpToDate);
  CHECK(Pending(*journal).empty());
  // The rows are the recipe's again.
  for (const Stored& document : stored) {
    CHECK(Row(*journal, document.id)->vector == HashVector(*document.vector));
    CHECK(Row(*journal, document.id)->state == DocumentState::kWritten);
  }
  CHECK(Judge(*rig.View(SpecOf("books", "m2")), stored) == kBothNew);
}

/// The second recipe writes both; returns its run.
std::int64_t WriteBySecond(JournalRig& rig, const std::vector<Stored>& stored) {
  const auto journal = rig.Open(SpecOf("books", "m2"));
  CHECK(Pass(*journal, stored) == kBothNew);
  for (const Stored& document : stored) {
    Admit(*journal, {{document.id, document.text}});
    const std::vector<EmbeddedText> texts = {
        {HashText(document.text), SecondVector(document.text), false}};
    Value(journal->SaveVectors(texts));
    End(*journal, document.id, DocumentState::kWritten);
  }
  Done(journal->EndRun(Day(3)));
  return journal->run().number;
}

void KnowsHowTheStoreSpellsAVector(JournalRig rig) {
  const std::vector<Stored> stored = WriteByFirst(rig, SpecOf("books", "m1"));
  const auto spelling = [](JournalView& view, const std::string& id) {
    return Row(view, id)->spelling;
  };
  {
    const auto journal = rig.Open(SpecOf("books", "m1"));
    CHECK_FALSE(spelling(*journal, "1"));
    Value(journal->SaveOutcomes(std::vector{DocumentOutcome{
        .id = "1", .state = DocumentState::kWritten, .spelling = HashText("[1]")}}));
    Done(journal->BeginScan(WorkOrder::kWriteAtOnce));
    Value(journal->RecordScan(std::vector{ScanRecord{.id = "2",
                                                     .text = HashText("b"),
                                                     .found = Found::kUpToDate,
                                                     .spelling = HashText("[2]")}}));
  }
  rig.Restart();
  // Also where another recipe has a vector for the text: that one is another.
  CHECK_FALSE(spelling(*rig.View(SpecOf("books", "m2")), "1"));
  const auto journal = rig.Open(SpecOf("books", "m1"));
  CHECK(spelling(*journal, "1") == HashText("[1]"));
  CHECK(spelling(*journal, "2") == HashText("[2]"));
  Scan(*journal, {{"1", "c", Found::kStaleText}, {"2", "b", Found::kForeignVector}});
  CHECK_FALSE(spelling(*journal, "1"));
  CHECK(spelling(*journal, "2") == HashText("[2]"));
  Write(*journal, "1", "c");
  CHECK_FALSE(spelling(*journal, "1"));
}

void KnowsWhatARollbackBrought(JournalRig rig) {
  const std::vector<Stored> stored = WriteByFirst(rig, SpecOf("books", "m1"));
  const std::vector<std::int64_t> runs = {WriteBySecond(rig, stored)};
  Done(rig.store().BeginRestore(SpecOf("books").target));
  Done(rig.store().NoteToRestore(SpecOf("books").target, Views({"1", "2"})));
  Done(rig.store().SaveRestored(SpecOf("books").target, Views({"1", "2"})));
  Done(rig.store().EndRestore(SpecOf("books").target, runs, Day(4)));
  rig.Restart();
  const auto journal = rig.Open(SpecOf("books", "m1"));
  CHECK(Pass(*journal, stored) == kBothUpToDate);
  CHECK(Pending(*journal).empty());
}

void WritesOverAnotherRecipe(JournalRig rig) {
  std::vector<Stored> stored = WriteByFirst(rig, SpecOf("books", "m1"));
  WriteBySecond(rig, stored);
  for (Stored& document : stored) document.vector = SecondVector(document.text);
  rig.Restart();
  const auto journal = rig.Open(SpecOf("books", "m1"));
  // Not written, as far as this recipe goes: nobody has overwritten what it wrote.
  CHECK(Row(*journal, "1")->state == DocumentState::kEmbedded);
  CHECK(Pass(*journal, stored) == kBothForeign);
  CHECK(IdsOf(Admit(*journal, {{"1", "a"}, {"2", "b"}}).ready) == Ids{"1", "2"});
}

void KeepsClustersApartAfterForce(JournalRig rig) {
  RunSpec staging = SpecOf("books");
  staging.nodes = {"http://staging.test:8108"};
  const std::vector<Stored> stored = WriteByFirst(rig, staging);
  const std::int64_t first = Value(rig.store().Runs()).at(0).number;
  rig.Restart();

  RunSpec forced = SpecOf("books");
  forced.force = true;
  auto journal = rig.Open(forced);
  CHECK(Pass(*journal, {{"1", "a", nullptr}, {"2", "b", nullptr}}) == kBothNew);
  CHECK(Admit(*journal, {{"1", "a"}, {"2", "b"}}).embed.size() == 2);
  for (const std::string text : {"a", "b"}) {
    const std::vector<EmbeddedText> texts = {{HashText(text), SecondVector(text), false}};
    Value(journal->SaveVectors(texts));
  }
  End(*journal, "1", DocumentState::kWritten);
  End(*journal, "2", DocumentState::kWritten);
  Done(journal->EndRun(Day(3)));
  const std::int64_t second = journal->run().number;
  journal.reset();
  rig.Restart();

  journal = rig.Open(staging);
  CHECK(journal->run().continued);
  CHECK(journal->run().number == first);
  CHECK(IsPaid(*journal, "a"));
  CHECK(Pass(*journal, stored) == kBothUpToDate);
  CHECK(Pending(*journal).empty());
  // And the other cluster goes on with what it was forced to pay for.
  journal = rig.Open(SpecOf("books"));
  CHECK(journal->run().number == second);
  CHECK(Pass(*journal, {{"1", "a", SecondVector("a")}, {"2", "b", SecondVector("b")}}) ==
        kBothUpToDate);
  // A third cluster takes the target's latest.
  RunSpec third = SpecOf("books");
  third.nodes = {"http://third.test:8108"};
  CHECK(*Admit(*rig.Open(third), {{"1", "a"}}).ready.at(0).vector == *SecondVector("a"));
}

void SurvivesAnotherRecipeBetween(JournalRig rig) {
  const std::vector<Stored> stored = WriteByFirst(rig, SpecOf("books", "m1"));
  RunSpec films = SpecOf("films", "m1");
  films.force = true;
  rig.Restart();
  rig.Open(films);
  rig.Open(SpecOf("books", "m2"));
  // The newest of the recipe's epochs is the other collection's.
  CHECK(Pass(*rig.Open(SpecOf("books", "m1")), stored) == kBothUpToDate);
}

RunRecord OnlyRun(JournalRig& rig) {
  const std::vector<RunRecord> runs = Value(rig.store().Runs());
  REQUIRE(runs.size() == 1);
  return runs[0];
}

void RemembersAStartWithoutBackup(JournalRig rig) {
  RunSpec with = SpecOf("books"), without = SpecOf("books");
  without.backup = false;
  const ScanDocument first = {"1", "a", Found::kNew, OldField("1")};
  const ScanDocument second = {"2", "b", Found::kNew, OldField("2")};
  const ScanDocument done = {"1", "a", Found::kUpToDate};
  Scan(*rig.Open(with), {first});
  CHECK(OnlyRun(rig).with_backup);
  // With nothing to do it makes no difference.
  Scan(*rig.Open(without), {done});
  CHECK(OnlyRun(rig).with_backup);
  Scan(*rig.Open(without), {done, second});
  CHECK_FALSE(OnlyRun(rig).with_backup);
  CHECK(OnlyRun(rig).backups == 1);
  // For good; and what can be kept is kept.
  Scan(*rig.Open(with), {done, {"3", "c", Found::kNew, OldField("3")}});
  CHECK_FALSE(OnlyRun(rig).with_backup);
  CHECK(OnlyRun(rig).backups == 2);
}

void BeginsWithoutBackupAndWithoutWork(JournalRig rig) {
  RunSpec without = SpecOf("books");
  without.backup = false;
  Scan(*rig.Open(without), {});
  CHECK(OnlyRun(rig).with_backup);
  Scan(*rig.Open(SpecOf("books")), {{"1", "a", Found::kNew, OldField("1")}});
  CHECK(OnlyRun(rig).with_backup);
}

}  // namespace

void RunJournalRerunSuite(const MakeJournal& make) {
  SECTION("a vector that the store still holds is known after another recipe's scan") {
    KnowsWhatTheStoreStillHolds(JournalRig(make));
  }
  SECTION("a written vector is known by how the store spells it") {
    KnowsHowTheStoreSpellsAVector(JournalRig(make));
  }
  SECTION("a vector that a rollback brought back is known") {
    KnowsWhatARollbackBrought(JournalRig(make));
  }
  SECTION("another recipe's vector is replaced by what is there, and nobody's fault") {
    WritesOverAnotherRecipe(JournalRig(make));
  }
  SECTION("force on one cluster leaves what another has") {
    KeepsClustersApartAfterForce(JournalRig(make));
  }
  SECTION("force for another collection leaves what this one has, also after another recipe") {
    SurvivesAnotherRecipeBetween(JournalRig(make));
  }
  SECTION("a start without backup that has work to do is remembered") {
    RemembersAStartWithoutBackup(JournalRig(make));
  }
  SECTION("a run that begins without backup and without work is as if backed up") {
    BeginsWithoutBackupAndWithoutWork(JournalRig(make));
  }
}

}  // namespace reembed::testing
