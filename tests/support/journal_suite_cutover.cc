#include "tests/support/journal_rig.h"

namespace reembed::testing {
namespace {

constexpr auto kPending = DocumentState::kPending;
constexpr auto kEmbedded = DocumentState::kEmbedded;
constexpr auto kWritten = DocumentState::kWritten;
constexpr auto kDeleted = DocumentState::kDeleted;
constexpr auto kFailed = DocumentState::kFailed;
constexpr auto kNew = DocumentClass::kNew;
constexpr auto kForeign = DocumentClass::kForeignVector;
constexpr auto kUpToDate = DocumentClass::kUpToDate;
constexpr auto kEmbedFirst = WorkOrder::kEmbedFirst;

void Copy(Journal& journal, const std::string& id, const std::string& copy) {
  const std::vector<DocumentOutcome> outcomes = {{.id = id, .copy = HashText(copy)}};
  Value(journal.SaveOutcomes(outcomes));
}

void RemoveCopy(Journal& journal, const std::string& id) {
  const std::vector<DocumentOutcome> outcomes = {
      {.id = id, .state = kDeleted, .copy_removed = true}};
  Value(journal.SaveOutcomes(outcomes));
}

IdsAndTexts Orphans(Journal& journal, const IdsAndTexts& expected, std::string_view after = "",
                    std::size_t max = 100) {
  // Hashes as the texts that they are expected to be of.
  IdsAndTexts found;
  for (const OrphanedCopy& copy : Value(journal.NextOrphanedCopies(after, max))) {
    std::string text = "unknown";
    for (const auto& [id, of] : expected)
      if (id == copy.id && HashText(of) == copy.copy) text = of;
    found.emplace_back(copy.id, text);
  }
  return found;
}

void RemembersCopies(JournalRig rig) {
  auto journal = rig.Open(SpecOf("clone"));
  Scan(*journal, {{"1", "a"}, Without("2", ""), {"3", "c"}, {"4", "d"}, {"5", "e"}}, kEmbedFirst);
  for (const auto& [id, text] : IdsAndTexts{{"1", "a"}, {"3", "c"}, {"4", "d"}, {"5", "e"}})
    Embed(*journal, id, text);
  CHECK(*journal->CopyCount() == 0);
  for (const std::string id : {"1", "2", "3", "4"}) Copy(*journal, id, "copy of " + id);
  CHECK(*journal->CopyCount() == 4);
  CHECK(Row(*journal, "1")->copy == HashText("copy of 1"));
  CHECK(StateOf(*journal, "2") == kWritten);
  CHECK_FALSE(Row(*journal, "5")->copy.has_value());
  CHECK(Row(*rig.View(SpecOf("clone")), "2")->copy == HashText("copy of 2"));
  journal.reset();
  rig.Restart();
  journal = rig.Open(SpecOf("clone"));
  // The document changed elsewhere than in its text: it is to be copied anew.
  Scan(*journal,
       {{"1", "a", DocumentClass::kStaleText}, Without("2", ""), {"4", "d", kUpToDate}, {"5", "e"}},
       kEmbedFirst);
  REQUIRE(Embedded(*journal) == Ids{"1", "2", "5"});
  CHECK(NextEmbedded(*journal).at(0).copy == HashText("copy of 1"));
  CHECK_FALSE(NextEmbedded(*journal).at(2).copy.has_value());
  Copy(*journal, "1", "second copy of 1");
  CHECK(Row(*journal, "1")->copy == HashText("second copy of 1"));
  // What ends otherwise leaves what was known of the copy.
  End(*journal, "4", kFailed);
  End(*journal, "2", kWritten);
  CHECK(*journal->CopyCount() == 4);
  CHECK(Row(*journal, "2")->copy == HashText("copy of 2"));
  // Gone: the copy is still to be removed.
  End(*journal, "4", kDeleted);
  CHECK(*journal->CopyCount() == 4);
  RemoveCopy(*journal, "4");
  CHECK(*journal->CopyCount() == 3);
  CHECK_FALSE(Row(*journal, "4")->copy.has_value());
}

void FindsOrphanedCopies(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("clone"));
  const IdsAndTexts copies = {{"1", "c1"}, {"2", "c2"}, {"3", "c3"}, {"4", "c4"}};
  Scan(*journal, {{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}, {"5", "e"}}, kEmbedFirst);
  for (const auto& [id, copy] : copies) Copy(*journal, id, copy);
  CHECK(Orphans(*journal, copies).empty());
  // Not before the pass is complete.
  Done(journal->BeginScan(kEmbedFirst));
  Record(*journal, {{"1", "a", kUpToDate}});
  CHECK(Orphans(*journal, copies).empty());
  CHECK(Value(journal->EndScan()).gone == 4);
  CHECK(Orphans(*journal, copies) == IdsAndTexts{{"2", "c2"}, {"3", "c3"}, {"4", "c4"}});
  CHECK(Orphans(*journal, copies, "2", 1) == IdsAndTexts{{"3", "c3"}});
  CHECK(*journal->CopyCount() == 4);
  RemoveCopy(*journal, "2");
  CHECK(Orphans(*journal, copies) == IdsAndTexts{{"3", "c3"}, {"4", "c4"}});
  CHECK(*journal->CopyCount() == 3);
  // It came back; the other one is an orphan still while the pass is on.
  Done(journal->BeginScan(kEmbedFirst));
  Record(*journal, {{"3", "c"}});
  CHECK(Orphans(*journal, copies) == IdsAndTexts{{"4", "c4"}});
  CHECK(StateOf(*journal, "3") == kPending);
}

void PruneKeepsWhatIsEmbedded(JournalRig rig) {
  // Paid for by one collection, to be written by another, for two documents of one text.
  const auto films = rig.Open(SpecOf("films"));
  Scan(*films, {{"9", "a"}});
  Write(*films, "9", "a");
  Done(films->EndRun(Day(2)));
  auto books = rig.Open(SpecOf("books"));
  Scan(*books, {{"1", "a"}, {"2", "a"}, Without("3", "")}, kEmbedFirst);
  Done(books->EndRun(Day(2)));
  CHECK(Value(rig.store().Prune(Day(3))).vectors_needed >= 1);
  CHECK(NextEmbedded(*books).at(1).vector != nullptr);
  // One written, the other not, also when it is gone meanwhile.
  End(*books, "1", kWritten);
  Value(rig.store().Prune(Day(3)));
  CHECK(Embedded(*books) == Ids{"2", "3"});
  Scan(*books, {{"1", "a", kUpToDate}, {"3", "", kUpToDate}}, kEmbedFirst);
  Value(rig.store().Prune(Day(3)));
  Scan(*books, {{"1", "a", kUpToDate}, {"2", "a"}}, kEmbedFirst);
  REQUIRE(Embedded(*books) == Ids{"2"});
  CHECK(HashVector(*NextEmbedded(*books).at(0).vector) == HashVector(*VectorFor("a")));
  End(*books, "2", kWritten);
  Value(rig.store().Prune(Day(3)));
  CHECK_FALSE(IsPaid(*books, "a"));
  // Only hashes are left: nothing is embedded by them.
  Scan(*books, {{"1", "a", kForeign}, {"2", "a"}}, kEmbedFirst);
  CHECK(Embedded(*books).empty());
  CHECK(Pending(*books) == Ids{"1", "2"});
  CHECK(Row(*books, "1")->vector == HashVector(*VectorFor("a")));
}

void DoesNotWriteWhatWasPruned(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a", kNew, OldField("1")}, {"2", "b", kNew, OldField("2")}}, kEmbedFirst);
  for (const auto& [id, text] : IdsAndTexts{{"1", "a"}, {"2", "b"}}) Write(*journal, id, text);
  Done(journal->EndRun(Day(2)));
  CHECK(Value(rig.store().Prune(Day(3))).vectors == 2);
  // A rollback found its old field elsewhere; the vector is gone.
  const Ids restored = {"1"};
  Done(rig.store().SaveRestored(SpecOf("books").target, Views(restored)));
  CHECK(StateOf(*journal, "1") == kEmbedded);
  CHECK(NextEmbedded(*journal).empty());
  CHECK(StateOf(*journal, "1") == kPending);
  CHECK(Pending(*journal) == Ids{"1"});
  CHECK(*journal->EmbeddedCount() == 0);
}

Cutover SomeCutover() {
  Cutover cutover;
  cutover.kind = CutoverKind::kAlias;
  cutover.step = CutoverStep::kCloning;
  cutover.name = "books";
  cutover.nodes = {"http://one.test:8108", "http://two.test:8108"};
  cutover.field = "meta.vec";
  cutover.from = {"books_r20261121061400", 1'700'000'000};
  cutover.to = {"books_r20261122061400", 0};
  cutover.old_definition = R"({"name":"meta.vec","type":"float[]","num_dim":768})";
  cutover.new_definition = R"({"name":"meta.vec","type":"float[]","num_dim":1536})";
  cutover.aliases = {"books", "\xC3\xA4 other"};
  cutover.started = Day(1) + std::chrono::nanoseconds(123'456'789);
  cutover.changed = Day(2);
  return cutover;
}

void KeepsCutovers(JournalRig rig) {
  CHECK(Value(rig.store().Cutovers()).empty());
  Cutover first = SomeCutover();
  Done(rig.store().SaveCutover(first));
  CHECK(first.number == 1);
  Cutover second;
  second.kind = CutoverKind::kRebuildBack;
  Done(rig.store().SaveCutover(second));
  CHECK(second.number == 2);
  CHECK(Value(rig.store().Cutovers()) == std::vector<Cutover>{first, second});
  first.step = CutoverStep::kSwitching;
  first.to.created_at = 1'800'000'000;
  first.changed = Day(3);
  Done(rig.store().SaveCutover(first));
  CHECK(first.number == 1);
  rig.Restart();
  CHECK(Value(rig.store().Cutovers()) == std::vector<Cutover>{first, second});
  Cutover expected = SomeCutover();
  expected.number = 1;
  expected.step = CutoverStep::kSwitching;
  expected.to.created_at = 1'800'000'000;
  expected.changed = Day(3);
  CHECK(first == expected);
  Cutover third = SomeCutover();
  Done(rig.store().SaveCutover(third));
  CHECK(third.number == 3);
  // Old as they are, pruning leaves them.
  Value(rig.store().Prune(Day(900)));
  CHECK(Value(rig.store().Cutovers()).size() == 3);
}

}  // namespace

void RunJournalCutoverSuite(const MakeJournal& make) {
  SECTION("copies are remembered") {
    RemembersCopies(JournalRig(make));
  }
  SECTION("a copy whose original is gone is found") {
    FindsOrphanedCopies(JournalRig(make));
  }
  SECTION("pruning leaves what an embedded document needs") {
    PruneKeepsWhatIsEmbedded(JournalRig(make));
  }
  SECTION("an embedded document whose vector is gone is embedded anew") {
    DoesNotWriteWhatWasPruned(JournalRig(make));
  }
  SECTION("cutovers are kept") {
    KeepsCutovers(JournalRig(make));
  }
}

}  // namespace reembed::testing
