#include "tests/support/journal_rig.h"

namespace reembed::testing {
namespace {

constexpr auto kWritten = DocumentState::kWritten;
constexpr auto kFailed = DocumentState::kFailed;
constexpr auto kSkipped = DocumentState::kSkipped;
constexpr auto kNew = DocumentClass::kNew;
constexpr auto kForeign = DocumentClass::kForeignVector;
constexpr auto kUpToDate = DocumentClass::kUpToDate;
constexpr auto kEmbedFirst = WorkOrder::kEmbedFirst;

void EmbedsWhatIsPaidFor(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Save(*journal, "a", true);
  Scan(*journal, {{"1", "a"}, {"2", "b"}, {"3", "a", kForeign}, {"4", "d", kUpToDate}},
       kEmbedFirst);
  CHECK(Pending(*journal) == Ids{"2"});
  CHECK(*journal->EmbeddedCount() == 2);
  CHECK(*journal->PendingCount() == 1);
  CHECK(StateOf(*journal, "4") == kWritten);
  const auto documents = NextEmbedded(*journal);
  REQUIRE(documents.size() == 2);
  CHECK(documents[0].id == "1");
  CHECK(documents[1].id == "3");
  for (const EmbeddedDocument& document : documents) {
    REQUIRE(document.vector != nullptr);
    CHECK(HashVector(*document.vector) == HashVector(*VectorFor("a")));
    CHECK(document.truncated);
    CHECK(document.text == HashText("a"));
    CHECK_FALSE(document.copy.has_value());
    CHECK(Row(*journal, document.id)->vector == HashVector(*VectorFor("a")));
  }
  // Embedded on the way: nothing is scanned again for it.
  Embed(*journal, "2", "b");
  CHECK(Embedded(*journal) == Ids{"1", "2", "3"});
  CHECK(Embedded(*journal, "1", 1) == Ids{"2"});
  CHECK(Embedded(*journal, "1x") == Ids{"2", "3"});
  CHECK_FALSE(NextEmbedded(*journal).at(1).truncated);
  End(*journal, "1", kWritten);
  End(*journal, "3", kFailed);
  CHECK(Embedded(*journal) == Ids{"2"});
  CHECK(*journal->EmbeddedCount() == 1);
}

void FollowsTheScannedText(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}}, kEmbedFirst);
  Embed(*journal, "1", "a");
  Embed(*journal, "2", "b");
  Scan(*journal, {{"1", "edited", DocumentClass::kStaleText}, {"2", "a", kNew}}, kEmbedFirst);
  CHECK(Pending(*journal) == Ids{"1"});
  CHECK_FALSE(Row(*journal, "1")->vector.has_value());
  CHECK(Row(*journal, "1")->text == HashText("edited"));
  const auto documents = NextEmbedded(*journal);
  REQUIRE(documents.size() == 1);
  CHECK(documents[0].text == HashText("a"));
  CHECK(HashVector(*documents[0].vector) == HashVector(*VectorFor("a")));
  // Edited back: paid for already.
  Scan(*journal, {{"1", "a", DocumentClass::kStaleText}, {"2", "a", kForeign}}, kEmbedFirst);
  CHECK(Embedded(*journal) == Ids{"1", "2"});
  // In place all are read again, and none is paid for again.
  Scan(*journal, {{"1", "a", kForeign}, {"2", "a", kForeign}});
  CHECK(*journal->EmbeddedCount() == 0);
  CHECK(Pending(*journal) == Ids{"1", "2"});
  CHECK(IdsOf(Admit(*journal, {{"1", "a"}, {"2", "a"}}).ready) == Ids{"1", "2"});
}

void GoesWithoutVector(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Save(*journal, "a");
  Scan(*journal, {Without("1", ""), Without("2", "a"), Without("3", "b"), {"4", "b"}}, kEmbedFirst);
  CHECK(Pending(*journal) == Ids{"4"});
  const auto documents = NextEmbedded(*journal);
  REQUIRE(documents.size() == 3);
  for (const EmbeddedDocument& document : documents) CHECK(document.vector == nullptr);
  CHECK(documents[1].text == HashText("a"));
  // Written so: also when another document has a vector of the same text.
  for (const std::string id : {"1", "2", "3"}) End(*journal, id, kWritten);
  CHECK(*journal->EmbeddedCount() == 0);
  for (const std::string id : {"1", "2", "3"}) CHECK(StateOf(*journal, id) == kWritten);
  // Up to date it stays so.
  Scan(*journal, {{.id = "1", .text = "", .found = kUpToDate, .without_vector = true}},
       kEmbedFirst);
  CHECK(StateOf(*journal, "1") == kWritten);
  // It is to have one after all.
  Scan(*journal, {{"2", "a"}, {"3", "b"}}, kEmbedFirst);
  CHECK(Pending(*journal) == Ids{"3"});
  REQUIRE(Embedded(*journal) == Ids{"2"});
  CHECK(NextEmbedded(*journal).at(0).vector != nullptr);
}

void LeavesWhatFailed(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", ""}, {"3", "c"}}, kEmbedFirst);
  Admit(*journal, {{"1", "a"}, {"3", "c"}});
  for (const std::string id : {"1", "3"}) End(*journal, id, kFailed);
  End(*journal, "2", kSkipped);
  // Also when its text is paid for by now.
  Value(journal->GiveUp(HashText("c")));
  Save(*journal, "c");
  Scan(*journal, {{"1", "a"}, {"2", ""}, {"3", "c"}}, kEmbedFirst);
  CHECK(Pending(*journal).empty());
  CHECK(Embedded(*journal).empty());
  CHECK(StateOf(*journal, "3") == kFailed);
  Scan(*journal, {Without("1", "a"), Without("2", ""), {"3", "edited"}}, kEmbedFirst);
  CHECK(Pending(*journal) == Ids{"3"});
  CHECK(Embedded(*journal) == Ids{"1", "2"});
  CHECK(NextEmbedded(*journal).at(0).vector == nullptr);
  // What it was in this session is told when it ends anew.
  CHECK(End(*journal, "1", kWritten) == kFailed);
  CHECK(End(*journal, "2", kWritten) == kSkipped);
}

void StaysEmbedded(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books"));
  const std::vector<ScanDocument> all = {{"1", "a"}, {"2", "b"}, Without("3", ""), {"4", "d"}};
  Scan(*journal, all, kEmbedFirst);
  Embed(*journal, "1", "a");
  Embed(*journal, "2", "b");
  End(*journal, "2", kWritten);
  for (const bool rescan : {false, true}) {
    CAPTURE(rescan);
    journal.reset();
    rig.Restart();
    journal = rig.Open(SpecOf("books"));
    REQUIRE(journal->run().continued);
    if (rescan) {
      Scan(*journal, {{"1", "a", kForeign}, {"2", "b", kUpToDate}, Without("3", ""), {"4", "d"}},
           kEmbedFirst);
    }
    CHECK(Embedded(*journal) == Ids{"1", "3"});
    CHECK(*journal->EmbeddedCount() == 2);
    CHECK(Pending(*journal) == Ids{"4"});
    const auto documents = NextEmbedded(*journal);
    CHECK(HashVector(*documents.at(0).vector) == HashVector(*VectorFor("a")));
    CHECK(documents.at(1).vector == nullptr);
  }
  // Only what the last pass showed, of the present recipe.
  Scan(*journal, {{"4", "d"}}, kEmbedFirst);
  CHECK(Embedded(*journal).empty());
  Scan(*journal, {{"1", "a", kForeign}}, kEmbedFirst);
  CHECK(Embedded(*journal) == Ids{"1"});
  journal = rig.Open(SpecOf("books", "m2"));
  CHECK(Embedded(*journal).empty());
  CHECK(*journal->EmbeddedCount() == 0);
  Scan(*journal, {{"1", "a"}}, kEmbedFirst);
  CHECK(Pending(*journal) == Ids{"1"});
}

void KnowsTheFieldIsNotKept(JournalRig rig) {
  RunSpec spec = SpecOf("books");
  spec.backup = false;
  const auto journal = rig.Open(spec);
  const auto with_backup = [&] { return Value(rig.store().Runs()).at(0).with_backup; };
  Save(*journal, "a");
  Scan(*journal, {Without("1", ""), {"2", "a", kUpToDate}}, kEmbedFirst);
  CHECK(with_backup());
  Scan(*journal, {{"2", "a", kForeign}}, kEmbedFirst);
  CHECK(Pending(*journal).empty());
  CHECK_FALSE(with_backup());
}

void KeepsBackupsOfEmbedded(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Save(*journal, "a");
  Scan(*journal, {{"1", "a", kNew, OldField("1")}, {"2", "b", kNew, OldField("2")}}, kEmbedFirst);
  const std::vector<std::int64_t> runs = {journal->run().number};
  const Ids ids = {"1", "2"};
  CHECK(Value(rig.store().FirstBackups(SpecOf("books").target, runs, Views(ids))) ==
        std::vector<std::optional<FieldBackup>>{OldField("1"), OldField("2")});
  CHECK(Value(rig.store().Runs()).at(0).with_backup);
}

void TellsWhatThePassHasShown(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  const auto shown = [&](const std::string& id) { return Row(*journal, id)->of_this_pass; };
  Scan(*journal, {{"1", "a"}, {"2", "b"}}, kEmbedFirst);
  // None is on.
  CHECK_FALSE(shown("1"));
  Done(journal->BeginScan(kEmbedFirst));
  CHECK_FALSE(shown("1"));
  Record(*journal, {{"1", "a"}});
  CHECK(shown("1"));
  CHECK_FALSE(shown("2"));
  CHECK_FALSE(Row(*rig.View(SpecOf("books")), "1")->of_this_pass);
  Record(*journal, {{"2", "b"}});
  CHECK(shown("2"));
  CHECK(Value(journal->EndScan()).gone == 0);
  Done(journal->BeginScan(WorkOrder::kWriteAtOnce));
  CHECK_FALSE(shown("1"));
}

}  // namespace

void RunJournalEmbedFirstSuite(const MakeJournal& make) {
  SECTION("a pass that embeds first: what is paid for is embedded") {
    EmbedsWhatIsPaidFor(JournalRig(make));
  }
  SECTION("a pass that embeds first: the vector is that of the scanned text") {
    FollowsTheScannedText(JournalRig(make));
  }
  SECTION("a pass that embeds first: documents that go without a vector") {
    GoesWithoutVector(JournalRig(make));
  }
  SECTION("a pass that embeds first: what failed is left alone, unless it goes without") {
    LeavesWhatFailed(JournalRig(make));
  }
  SECTION("embedded documents stay so over a restart") {
    StaysEmbedded(JournalRig(make));
  }
  SECTION("embedded without a backup is noted") {
    KnowsTheFieldIsNotKept(JournalRig(make));
  }
  SECTION("embedded documents have their backup") {
    KeepsBackupsOfEmbedded(JournalRig(make));
  }
  SECTION("a row tells whether the pass has shown it") {
    TellsWhatThePassHasShown(JournalRig(make));
  }
}

}  // namespace reembed::testing
