#include "journal_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

const Target kBooks = SomeRun().target;
using Ids = std::vector<std::string_view>;
using Runs = std::vector<std::int64_t>;

// Two runs: the first saw "1" and "2", the second, of another recipe, "2" and "3".
void TwoRuns(JournalStore& store) {
  const auto first = Must(store.OpenRun(SomeRun()));
  Migrate(*first, "1", "a", 1);
  Migrate(*first, "2", "b", 2);
  RunSpec other = SomeRun("books", 1);
  other.recipe = SomeRecipe("large");
  const auto second = Must(store.OpenRun(other));
  ScanRecord again = NewDocument("2", "b");
  again.backup = FieldBackup{BackupKind::kFloat32, "of the first"};
  Must(second->RecordScan(std::vector{again, NewDocument("3", "c")}));
}

std::vector<std::string> Next(JournalStore& store, std::string_view after, std::size_t max) {
  std::vector<std::string> ids;
  for (const auto& document : Must(store.NextToRestore(kBooks, Runs{2, 1}, after, max)))
    ids.push_back(document.id);
  return ids;
}

}  // namespace

TEST_CASE("restore: the earliest of the runs that has a backup counts") {
  const auto store = TransientJournal();
  TwoRuns(*store);
  const Ids ids{"1", "2", "3", "4"};
  const auto both = Must(store->FirstBackups(kBooks, Runs{2, 1}, ids));
  CHECK(both[0] == FieldBackup{BackupKind::kText, "old of 1"});
  CHECK(both[1] == FieldBackup{BackupKind::kText, "old of 2"});
  CHECK(both[2] == FieldBackup{BackupKind::kText, "old of 3"});
  CHECK_FALSE(both[3]);
  const auto second = Must(store->FirstBackups(kBooks, Runs{2}, ids));
  CHECK_FALSE(second[0]);
  CHECK(second[1] == FieldBackup{BackupKind::kFloat32, "of the first"});
  CHECK(Must(store->Runs())[0].backups == 2);
  CHECK(Must(store->Runs())[1].backups == 2);
}

TEST_CASE("restore: a run's first backup is never replaced, and none is kept without being asked") {
  const auto store = TransientJournal();
  const auto run = Must(store->OpenRun(SomeRun()));
  Must(run->RecordScan(std::vector{NewDocument("1", "a")}));
  ScanRecord later = NewDocument("1", "a");
  later.backup->blob = "later";
  Must(run->RecordScan(std::vector{later}));
  CHECK(Must(store->FirstBackups(kBooks, Runs{1}, Ids{"1"}))[0]->blob == "old of 1");

  RunSpec without = SomeRun("films");
  without.backup = false;
  Must(Must(store->OpenRun(without))->RecordScan(std::vector{later}));
  CHECK_FALSE(Must(store->Runs())[1].with_backup);
  CHECK(Must(store->Runs())[1].backups == 0);
}

TEST_CASE("restore: hands out what was noted, page by page, until it is restored") {
  const JournalFolder folder;
  {
    const auto store = Opened(folder.place());
    TwoRuns(*store);
    Must(store->BeginRestore(kBooks));
    Must(store->NoteToRestore(kBooks, Ids{"3", "1", "none"}));
    Must(store->NoteToRestore(kBooks, Ids{"2", "1"}));
  }
  const auto store = Opened(folder.place());
  CHECK(Next(*store, "", 2) == std::vector<std::string>{"1", "2"});
  CHECK(Next(*store, "2", 2) == std::vector<std::string>{"3"});
  Must(store->SaveRestored(kBooks, Ids{"1", "2"}));
  CHECK(Next(*store, "", 9) == std::vector<std::string>{"3"});
  Must(store->BeginRestore(kBooks));
  CHECK(Next(*store, "", 9).empty());
}

TEST_CASE("restore: what is restored is embedded still, and written without paying") {
  const auto store = TransientJournal();
  const auto first = Must(store->OpenRun(SomeRun()));
  Migrate(*first, "1", "a", 1);
  Must(first->RecordScan(std::vector{NewDocument("2", "b")}));
  Must(store->BeginRestore(kBooks));
  Must(store->NoteToRestore(kBooks, Ids{"1", "2"}));
  Must(store->SaveRestored(kBooks, Ids{"1", "2"}));
  Must(store->EndRestore(kBooks, Runs{1}, At(1)));
  CHECK(Must(store->Runs())[0].state == RunState::kRolledBack);

  const auto next = Must(store->OpenRun(SomeRun("books", 2)));
  const auto rows = Must(next->Rows(Ids{"1", "2"}));
  CHECK(rows[0]->state == DocumentState::kEmbedded);
  CHECK(rows[0]->vector == HashVector(*SomeVector(1)));
  CHECK(rows[1]->state == DocumentState::kPending);
  const std::vector<SeenDocument> seen{{"1", HashText("a")}};
  CHECK(Must(next->Admit(seen)).ready.size() == 1);
}

TEST_CASE("restore: a run that had ended keeps the time of its end") {
  const auto store = TransientJournal();
  Must(Must(store->OpenRun(SomeRun()))->EndRun(At(1)));
  Must(store->EndRestore(kBooks, Runs{1}, At(5)));
  CHECK(Must(store->Runs())[0].ended == At(1));
  CHECK(Must(store->Runs())[0].state == RunState::kRolledBack);
}
