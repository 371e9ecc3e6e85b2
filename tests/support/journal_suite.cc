#include "tests/support/journal_suite.h"

#include "tests/support/journal_rig.h"

namespace reembed::testing {
namespace {

constexpr auto kPending = DocumentState::kPending;
constexpr auto kEmbedded = DocumentState::kEmbedded;
constexpr auto kWritten = DocumentState::kWritten;
constexpr auto kDeleted = DocumentState::kDeleted;
constexpr auto kSkipped = DocumentState::kSkipped;
constexpr auto kFailed = DocumentState::kFailed;

void MakesPending(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  CHECK(Pending(*journal).empty());
  const ScanCounts counts = Scan(*journal, {{"b", "tb", DocumentClass::kNew},
                                            {"B", "tB", DocumentClass::kStaleText},
                                            {"\xC3\xA4 \"%/'", "t", DocumentClass::kForeignVector},
                                            {"10", "t10", DocumentClass::kWrongLength},
                                            {"9", "t9", DocumentClass::kUpToDate}});
  CHECK(counts == ScanCounts{.up_to_date = 1, .gone = 0});
  CHECK(Pending(*journal) == Ids{"10", "B", "b", "\xC3\xA4 \"%/'"});
  CHECK(*journal->PendingCount() == 4);
  CHECK(Row(*journal, "b")->text == HashText("tb"));
  CHECK(Row(*journal, "b")->state == kPending);
  CHECK_FALSE(Row(*journal, "b")->vector.has_value());
  CHECK_FALSE(Row(*journal, "b")->of_this_session);
  CHECK(Row(*journal, "9")->state == kWritten);
  CHECK_FALSE(Row(*journal, "none").has_value());
}

void PagesThroughPending(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}, {"5", "e"}});
  CHECK(Pending(*journal, "", 2) == Ids{"1", "2"});
  CHECK(Pending(*journal, "2", 2) == Ids{"3", "4"});
  CHECK(Pending(*journal, "2x", 9) == Ids{"3", "4", "5"});
  CHECK(Pending(*journal, "5", 2).empty());
  Write(*journal, "3", "c");
  CHECK(Pending(*journal, "2", 2) == Ids{"4", "5"});
  CHECK(*journal->PendingCount() == 4);
}

void AnswersPerId(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}});
  Save(*journal, "b");
  const std::vector<std::string_view> ids = {"2", "none", "1", "2"};
  const auto rows = Value(journal->Rows(ids));
  REQUIRE(rows.size() == 4);
  CHECK(rows[0]->text == HashText("b"));
  CHECK_FALSE(rows[1].has_value());
  CHECK(rows[2]->text == HashText("a"));
  CHECK(rows[3]->text == HashText("b"));
  const std::vector<TextHash> texts = {HashText("a"), HashText("b"), HashText("none")};
  CHECK(*journal->Paid(texts) == std::vector<bool>{false, true, false});
  CHECK(journal->Rows({})->empty());
}

void CountsUpToDateOnce(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books"));
  const std::vector<ScanDocument> both = {{"1", "a", DocumentClass::kUpToDate},
                                          {"2", "b", DocumentClass::kUpToDate}};
  CHECK(Scan(*journal, both).up_to_date == 2);
  CHECK(Row(*journal, "1")->of_this_session);
  CHECK(Scan(*journal, both).up_to_date == 0);
  CHECK(End(*journal, "1", kWritten) == DocumentState::kUpToDate);
  CHECK(Scan(*journal, both).up_to_date == 0);
  CHECK(End(*journal, "1", kFailed) == kWritten);
  journal.reset();
  rig.Restart();
  journal = rig.Open(SpecOf("books"));
  CHECK_FALSE(Row(*journal, "1")->of_this_session);
  CHECK(Scan(*journal, both).up_to_date == 2);
}

void FindsWhatIsGone(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  CHECK(Scan(*journal, {{"1", "a"}, {"2", "b"}, {"3", "c"}}).gone == 0);
  Write(*journal, "2", "b");
  CHECK(Scan(*journal, {{"1", "a"}}).gone == 2);
  CHECK(Row(*journal, "2")->state == kDeleted);
  CHECK(Row(*journal, "2")->text == HashText("b"));
  CHECK(Pending(*journal) == Ids{"1"});
  // That it is gone is no outcome.
  CHECK_FALSE(End(*journal, "3", kDeleted).has_value());
  CHECK(Scan(*journal, {{"1", "a"}}).gone == 0);
  Scan(*journal, {{"1", "a"}, {"2", "b", DocumentClass::kForeignVector}});
  CHECK(Pending(*journal) == Ids{"1", "2"});
}

void ForgetsAnUnendedPass(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}, {"3", "c"}});
  Done(journal->BeginScan(WorkOrder::kWriteAtOnce));
  CHECK(Pending(*journal).empty());
  Record(*journal, {{"1", "a"}});
  Done(journal->BeginScan(WorkOrder::kWriteAtOnce));
  Record(*journal, {{"2", "b"}});
  // As with a scan that the user limited: the pass is not ended, and what it showed is the work.
  CHECK(Pending(*journal) == Ids{"2"});
  CHECK(*journal->PendingCount() == 1);
  CHECK(Row(*journal, "1")->state == kPending);
  CHECK(Row(*journal, "3")->state == kPending);
  CHECK(Value(journal->EndScan()).gone == 2);
}

void ResumesAfterARestart(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}});
  Write(*journal, "1", "a");
  Admit(*journal, {{"2", "b"}, {"3", "c"}});
  CHECK(IdsOf(Save(*journal, "b")) == Ids{"2"});
  journal.reset();
  rig.Restart();
  journal = rig.Open(SpecOf("books"));
  CHECK(journal->run().continued);
  CHECK(Row(*journal, "1")->state == kWritten);
  CHECK(Row(*journal, "2")->state == kEmbedded);
  CHECK(Row(*journal, "2")->vector == HashVector(*VectorFor("b")));
  CHECK(Pending(*journal) == Ids{"3", "4"});
  Scan(*journal, {{"1", "a", DocumentClass::kUpToDate},
                  {"2", "b", DocumentClass::kForeignVector},
                  {"3", "c"},
                  {"4", "d"}});
  CHECK(Pending(*journal) == Ids{"2", "3", "4"});
  // What was on its way is lost with the program; what was paid for is not.
  const Admitted admitted = Admit(*journal, {{"2", "b"}, {"3", "c"}, {"4", "d"}});
  CHECK(admitted.embed == std::vector<std::size_t>{1, 2});
  CHECK(IdsOf(admitted.ready) == Ids{"2"});
}

void RetriesInTheNextSession(JournalRig rig) {
  const std::vector<ScanDocument> documents = {{"1", "a"}, {"2", "b"}, {"3", "c"}};
  auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, documents);
  End(*journal, "1", kFailed);
  End(*journal, "2", kSkipped);
  CHECK(Row(*journal, "1")->state == kFailed);
  CHECK(Row(*journal, "2")->state == kSkipped);
  CHECK(Pending(*journal) == Ids{"3"});
  CHECK(Scan(*journal, documents) == ScanCounts{});
  CHECK(Row(*journal, "1")->state == kFailed);
  Scan(*journal, {{"1", "another"}, {"2", "b"}, {"3", "c"}});
  CHECK(Pending(*journal) == Ids{"1", "2", "3"});
  CHECK(End(*journal, "1", kFailed) == kFailed);
  journal.reset();
  rig.Restart();
  journal = rig.Open(SpecOf("books"));
  Scan(*journal, documents);
  CHECK(Pending(*journal) == Ids{"1", "2", "3"});
}

void TriesSkippedDocumentsThatAreShown(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}, {"3", ""}});
  for (const std::string id : {"1", "2", "3"}) End(*journal, id, kSkipped);
  // Under the filter again; its text was gone for a moment; it has none still.
  Scan(*journal, {{"1", "a"}, {"2", "edited"}, {"3", ""}});
  CHECK(Pending(*journal) == Ids{"1", "2"});
  CHECK(Row(*journal, "3")->state == kSkipped);
  // One whose text went is fetched once more, and then left alone.
  CHECK(End(*journal, "2", kSkipped) == kSkipped);
  Scan(*journal, {{"1", "a"}, {"2", ""}, {"3", ""}});
  CHECK(Pending(*journal) == Ids{"1", "2"});
  CHECK(End(*journal, "2", kSkipped) == kSkipped);
  Scan(*journal, {{"1", "a"}, {"2", ""}, {"3", "now with one"}});
  CHECK(Pending(*journal) == Ids{"1", "3"});
}

void CorrectsOutcomes(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}, {"5", "e"}, {"6", "f"}});
  for (const std::string id : {"1", "3", "4"}) End(*journal, id, kFailed);
  End(*journal, "2", kSkipped);
  Write(*journal, "5", "e");
  // Written after all, gone after all; of those without a trouble nothing is said.
  Scan(*journal, {{"4", "edited"}});
  Done(journal->BeginScan(WorkOrder::kWriteAtOnce));
  const ScanCounts counts = Scan(*journal, {{"1", "a", DocumentClass::kUpToDate},
                                            {"2", "b", DocumentClass::kUpToDate},
                                            {"5", "e", DocumentClass::kUpToDate},
                                            {"6", "f", DocumentClass::kUpToDate}});
  CHECK(counts == ScanCounts{.up_to_date = 1, .gone = 1, .succeeded = {"2"}, .deleted = {"4"}});
  CHECK(End(*journal, "1", kWritten) == kDeleted);
  CHECK(End(*journal, "2", kWritten) == kWritten);
  CHECK(End(*journal, "3", kWritten) == kDeleted);
  CHECK(End(*journal, "4", kWritten) == kDeleted);
}

void CorrectsFailuresOnce(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}});
  End(*journal, "1", kFailed);
  End(*journal, "2", kFailed);
  const std::vector<ScanDocument> found = {{"1", "a", DocumentClass::kUpToDate}};
  CHECK(Scan(*journal, found) ==
        ScanCounts{.up_to_date = 0, .gone = 1, .succeeded = {"1"}, .deleted = {"2"}});
  CHECK(Scan(*journal, found) == ScanCounts{});
  CHECK(Row(*journal, "1")->state == kWritten);
  CHECK(End(*journal, "1", kWritten) == kWritten);
  CHECK(End(*journal, "2", kDeleted) == kDeleted);
  End(*journal, "1", kFailed);
  journal.reset();
  rig.Restart();
  // What failed in an earlier session is no outcome of this one.
  journal = rig.Open(SpecOf("books"));
  CHECK(Scan(*journal, found) == ScanCounts{.up_to_date = 1});
}

void FollowsTheText(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  const VectorHash vector = HashVector(*VectorFor("a"));
  Scan(*journal, {{"1", "a"}});
  Write(*journal, "1", "a");
  CHECK(Row(*journal, "1")->vector == vector);
  SECTION("a vector that the application changed: ours still belongs to the text") {
    for (const auto found : {DocumentClass::kForeignVector, DocumentClass::kWrongLength}) {
      Scan(*journal, {{"1", "a", found}});
      CHECK(Pending(*journal) == Ids{"1"});
      CHECK(Row(*journal, "1")->vector == vector);
      CHECK(IdsOf(Admit(*journal, {{"1", "a"}}).ready) == Ids{"1"});
    }
  }
  SECTION("another text has no vector yet") {
    Scan(*journal, {{"1", "edited", DocumentClass::kStaleText}});
    CHECK(Pending(*journal) == Ids{"1"});
    CHECK(Row(*journal, "1")->text == HashText("edited"));
    CHECK_FALSE(Row(*journal, "1")->vector.has_value());
  }
  SECTION("the text that counts is the one that is admitted") {
    Scan(*journal, {{"1", "edited", DocumentClass::kStaleText}});
    CHECK(Admit(*journal, {{"1", "edited again"}}).embed.size() == 1);
    CHECK(Row(*journal, "1")->text == HashText("edited again"));
    CHECK(IdsOf(Save(*journal, "edited again")) == Ids{"1"});
    CHECK(Row(*journal, "1")->vector == HashVector(*VectorFor("edited again")));
  }
  SECTION("edited back: the first vector is still there") {
    Scan(*journal, {{"1", "edited", DocumentClass::kStaleText}});
    Write(*journal, "1", "edited");
    Scan(*journal, {{"1", "a", DocumentClass::kStaleText}});
    CHECK(IdsOf(Admit(*journal, {{"1", "a"}}).ready) == Ids{"1"});
    CHECK(Row(*journal, "1")->vector == vector);
  }
}

void ReturnsOutcomesOnce(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}, {"3", "c"}});
  const std::vector<DocumentOutcome> first = {
      {.id = "1", .state = kFailed, .failure = {"1", Stage::kUpdate, FailureKind::kTransient, "x"}},
      {.id = "2", .state = kWritten, .truncated = true},
      {.id = "1", .state = kWritten}};
  CHECK(*journal->SaveOutcomes(first) ==
        std::vector<std::optional<DocumentState>>{std::nullopt, std::nullopt, kFailed});
  const std::vector<DocumentOutcome> second = {{.id = "3", .state = kDeleted},
                                               {.id = "2", .state = kSkipped}};
  CHECK(*journal->SaveOutcomes(second) ==
        std::vector<std::optional<DocumentState>>{std::nullopt, kWritten});
  CHECK(Row(*journal, "1")->of_this_session);
  CHECK(Row(*journal, "2")->state == kSkipped);
  CHECK(Row(*journal, "3")->state == kDeleted);
  journal.reset();
  rig.Restart();
  journal = rig.Open(SpecOf("books"));
  CHECK_FALSE(Row(*journal, "1")->of_this_session);
  CHECK(Row(*journal, "1")->state == kWritten);
  CHECK_FALSE(End(*journal, "1", kWritten).has_value());
}

void CountsTheLatestPass(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}, {"5", "e"}, {"6", "f"}});
  Write(*journal, "1", "a");
  End(*journal, "2", kFailed);
  End(*journal, "3", kSkipped);
  End(*journal, "4", kDeleted);
  Admit(*journal, {{"5", "e"}});
  Save(*journal, "e");
  const TargetCounts counts = Value(rig.store().CountsOf(SpecOf("books").target));
  CHECK(counts.written == 1);
  CHECK(counts.failed == 1);
  CHECK(counts.skipped == 1);
  CHECK(counts.embedded == 1);
  CHECK(counts.pending == 1);
  Done(journal->BeginScan(WorkOrder::kWriteAtOnce));
  Record(*journal, {{"1", "a", DocumentClass::kUpToDate}});
  const TargetCounts later = Value(rig.store().CountsOf(SpecOf("books").target));
  CHECK(later.written == 1);
  CHECK(later.failed + later.skipped + later.embedded + later.pending == 0);
  CHECK(Value(rig.store().CountsOf(SpecOf("unknown").target)).written == 0);
}

}  // namespace

void RunJournalScanSuite(const MakeJournal& make) {
  SECTION("every class but up to date is pending, in the order of the ids' bytes") {
    MakesPending(JournalRig(make));
  }
  SECTION("pending documents come page by page") {
    PagesThroughPending(JournalRig(make));
  }
  SECTION("one answer per id and per text") {
    AnswersPerId(JournalRig(make));
  }
  SECTION("up to date counts once a session and never over another outcome") {
    CountsUpToDateOnce(JournalRig(make));
  }
  SECTION("what a complete pass does not show is gone") {
    FindsWhatIsGone(JournalRig(make));
  }
  SECTION("a pass that was not ended is forgotten by the next") {
    ForgetsAnUnendedPass(JournalRig(make));
  }
  SECTION("work goes on after a restart") {
    ResumesAfterARestart(JournalRig(make));
  }
  SECTION("failed and skipped documents are tried again in the next session") {
    RetriesInTheNextSession(JournalRig(make));
  }
  SECTION("skipped documents are tried again when a pass shows them") {
    TriesSkippedDocumentsThatAreShown(JournalRig(make));
  }
  SECTION("a later pass corrects outcomes") {
    CorrectsOutcomes(JournalRig(make));
  }
  SECTION("outcomes are corrected once, and in their session") {
    CorrectsFailuresOnce(JournalRig(make));
  }
  SECTION("a row's vector belongs to its text") {
    FollowsTheText(JournalRig(make));
  }
  SECTION("every id is counted once a session") {
    ReturnsOutcomesOnce(JournalRig(make));
  }
  SECTION("counts are of the latest pass") {
    CountsTheLatestPass(JournalRig(make));
  }
}

void RunJournalSuite(const MakeJournal& make) {
  RunJournalScanSuite(make);
  RunJournalVectorSuite(make);
  RunJournalRunSuite(make);
  RunJournalRerunSuite(make);
  RunJournalEmbedFirstSuite(make);
  RunJournalCutoverSuite(make);
  RunJournalRollbackSuite(make);
}

}  // namespace reembed::testing
