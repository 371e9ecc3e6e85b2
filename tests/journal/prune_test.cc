#include "journal_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

// A run that ended in `hour`.
void RunAndEnd(JournalStore& store, const std::string& collection, int hour) {
  const auto run = Must(store.OpenRun(SomeRun(collection, hour)));
  Migrate(*run, "1", "of " + collection, 1);
  Must(run->EndRun(At(hour)));
}

std::vector<bool> Paid(JournalStore& store, const std::string& text) {
  const auto view = Must(store.View(SomeRun().target, SomeRecipe()));
  return Must(view->Paid(std::vector{HashText(text)}));
}

}  // namespace

TEST_CASE("prune: takes what ended before, keeps hashes, and asks no run twice") {
  const auto store = TransientJournal();
  RunAndEnd(*store, "books", 1);
  CHECK(Must(store->Prune(At(1))).runs == 0);
  const Pruned pruned = Must(store->Prune(At(2)));
  CHECK(pruned.runs == 1);
  CHECK(pruned.backups == 1);
  CHECK(pruned.vectors == 1);
  CHECK(pruned.vectors_needed == 0);
  CHECK(Must(store->Runs())[0].pruned);
  CHECK(Must(store->Runs())[0].backups == 0);
  CHECK(Paid(*store, "of books") == std::vector{false});
  CHECK(Must(store->AreOurs(std::vector{HashVector(*SomeVector(1))})) == std::vector{true});
  const auto view = Must(store->View(SomeRun().target, SomeRecipe()));
  CHECK(Must(view->Rows(std::vector<std::string_view>{"1"}))[0]->vector ==
        HashVector(*SomeVector(1)));
  CHECK(Must(store->Prune(At(9))).runs == 0);
}

TEST_CASE("prune: vectors stay while a run of their recipe is open or has ended later") {
  const auto store = TransientJournal();
  RunAndEnd(*store, "books", 1);
  RunAndEnd(*store, "films", 5);
  const Pruned pruned = Must(store->Prune(At(2)));
  CHECK(pruned.runs == 1);
  CHECK(pruned.backups == 1);
  CHECK(pruned.vectors == 0);
  CHECK(pruned.vectors_needed == 0);
  CHECK(Must(store->Prune(At(6))).vectors == 2);
}

TEST_CASE("prune: vectors stay while a document that is not written needs them") {
  for (const DocumentState state : {DocumentState::kPending, DocumentState::kEmbedded,
                                    DocumentState::kFailed, DocumentState::kSkipped}) {
    const auto store = TransientJournal();
    RunAndEnd(*store, "films", 1);
    const auto run = Must(store->OpenRun(SomeRun("books", 1)));
    Must(run->SaveOutcomes(std::vector{DocumentOutcome{"2", state, {}}}));
    Must(run->EndRun(At(1)));
    const Pruned pruned = Must(store->Prune(At(2)));
    CHECK(pruned.vectors == (state == DocumentState::kSkipped ? 1 : 0));
    CHECK(pruned.vectors_needed == (state == DocumentState::kSkipped ? 0 : 1));
    CHECK(pruned.backups == 1);
  }
}

TEST_CASE("prune: a vector that was paid for and not written stays when its document is gone") {
  const auto store = TransientJournal();
  const auto run = Must(store->OpenRun(SomeRun("books", 1)));
  const std::vector seen{SeenDocument{"1", HashText("of books")}};
  Must(run->BeginScan(WorkOrder::kWriteAtOnce));
  Must(run->RecordScan(std::vector{NewDocument("1", "of books")}));
  Must(run->Admit(seen));
  Must(run->SaveVectors(std::vector{EmbeddedText{HashText("of books"), SomeVector(1)}}));
  Must(run->BeginScan(WorkOrder::kWriteAtOnce));
  CHECK(Must(run->EndScan()).gone == 1);
  Must(run->EndRun(At(1)));
  CHECK(Must(store->Prune(At(2))).vectors_needed == 1);
  CHECK(Must(run->Admit(seen)).ready.size() == 1);
  Must(run->SaveOutcomes(std::vector{DocumentOutcome{"1"}}));
  Must(run->BeginScan(WorkOrder::kWriteAtOnce));
  CHECK(Must(run->EndScan()).gone == 1);
  CHECK(Must(store->Prune(At(2))).vectors == 1);
}

TEST_CASE("prune: a pruned text that is paid again is there again; both vectors are ours") {
  const auto store = TransientJournal();
  RunAndEnd(*store, "books", 1);
  Must(store->Prune(At(2)));
  const auto run = Must(store->OpenRun(SomeRun("books", 3)));
  Migrate(*run, "1", "of books", 7);
  CHECK(Paid(*store, "of books") == std::vector{true});
  CHECK(Must(store->AreOurs(std::vector{HashVector(*SomeVector(1)), HashVector(*SomeVector(7)),
                                        HashVector(*SomeVector(8))})) ==
        std::vector{true, true, false});
  Must(run->EndRun(At(4)));
  CHECK(Must(store->Prune(At(5))).vectors == 1);
}

TEST_CASE("prune: the file shrinks") {
  const JournalFolder folder;
  const auto store = Opened(folder.place());
  const auto run = Must(store->OpenRun(SomeRun()));
  std::vector<std::string> ids;
  for (int i = 0; i < 3000; ++i) ids.push_back(std::to_string(i));
  std::vector<ScanRecord> seen;
  std::vector<EmbeddedText> texts;
  for (const std::string& id : ids) {
    seen.push_back(NewDocument(id, id));
    seen.back().backup->blob.assign(2000, 'b');
    texts.push_back({HashText(id), std::make_shared<const Embedding>(Embedding(500, 1.0F))});
  }
  Must(run->RecordScan(seen));
  std::vector<SeenDocument> admitted;
  for (const std::string& id : ids) admitted.push_back({id, HashText(id)});
  Must(run->Admit(admitted));
  CHECK(Must(run->SaveVectors(texts)).size() == 3000);
  std::vector<DocumentOutcome> outcomes;
  for (const std::string& id : ids) outcomes.push_back({id});
  Must(run->SaveOutcomes(outcomes));
  Must(run->EndRun(At(1)));
  CHECK(Must(store->SizeOnDisk()) > 12'000'000);
  const Pruned pruned = Must(store->Prune(At(2)));
  CHECK(pruned.backups == 3000);
  CHECK(pruned.vectors == 3000);
  CHECK(Must(store->SizeOnDisk()) < 2'000'000);
  CHECK(Must(run->Rows(std::vector<std::string_view>{"2999"}))[0]->vector);
}

TEST_CASE("prune: a run whose clock was set back meanwhile ended when it began") {
  const auto store = TransientJournal();
  const auto run = Must(store->OpenRun(SomeRun("books", 5)));
  Migrate(*run, "1", "of books", 1);
  Must(run->EndRun(At(-9000)));
  CHECK(Must(store->Runs())[0].ended == At(5));
  CHECK(Must(store->Prune(At(5))).runs == 0);
}
