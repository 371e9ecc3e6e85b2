#include "journal_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

std::optional<JournalRow> RowOf(JournalStore& store, std::string_view id) {
  const auto view = Must(store.View(SomeRun().target, SomeRecipe()));
  return Must(view->Rows(std::vector{id})).front();
}

}  // namespace

TEST_CASE("read journal: without a file it is empty, and none is made") {
  const JournalFolder folder;
  const auto store = Must(ReadJournal(folder.place()));
  CHECK(Must(store->Runs()).empty());
  CHECK_FALSE(RowOf(*store, "1"));
  CHECK(Must(store->CountsOf(SomeRun().target)).pending == 0);
  CHECK(Must(store->SizeOnDisk()) == 0);
  CHECK_FALSE(std::filesystem::exists(folder.place().dir));
}

TEST_CASE("read journal: changes no byte and no file of the folder") {
  const JournalFolder folder;
  Migrate(*Must(Opened(folder.place())->OpenRun(SomeRun())), "1", "text", 1);
  const auto before = folder.Contents();
  CHECK(before.size() == 2);
  {
    const auto store = Must(ReadJournal(folder.place()));
    CHECK(RowOf(*store, "1")->state == DocumentState::kWritten);
    CHECK(Must(store->Runs()).size() == 1);
    CHECK(Must(store->AreOurs(std::vector{HashVector(*SomeVector(1))})) == std::vector{true});
    CHECK(folder.Contents() == before);
  }
  CHECK(folder.Contents() == before);
}

TEST_CASE("read journal: whatever writes is refused") {
  const JournalFolder folder;
  const auto refused = [](JournalStore& store) {
    const auto opened = store.OpenRun(SomeRun());
    return !opened.ok() && opened.error().kind == ErrorKind::kRefused;
  };
  CHECK(refused(*Must(ReadJournal(folder.place()))));
  Opened(folder.place());
  CHECK(refused(*Must(ReadJournal(folder.place()))));
}

TEST_CASE("read journal: reads what a run that is active has saved") {
  const JournalFolder folder;
  const auto writer = Opened(folder.place());
  const auto run = Must(writer->OpenRun(SomeRun()));
  const auto reader = Must(ReadJournal(folder.place()));
  CHECK_FALSE(RowOf(*reader, "1"));
  Migrate(*run, "1", "text", 1);
  CHECK(RowOf(*reader, "1")->state == DocumentState::kWritten);
  // The run of the writer is not this session.
  CHECK_FALSE(RowOf(*reader, "1")->of_this_session);
}

TEST_CASE("read journal: notices a run that begins, and one that has been") {
  const JournalFolder folder;
  Opened(folder.place());
  const auto reader = Must(ReadJournal(folder.place()));
  CHECK(Must(reader->Runs()).empty());
  {
    const auto run = Must(Opened(folder.place())->OpenRun(SomeRun()));
    CHECK(Must(reader->Runs()).size() == 1);
    Migrate(*run, "1", "text", 1);
  }
  CHECK(RowOf(*reader, "1")->state == DocumentState::kWritten);

  const auto second = Must(ReadJournal(folder.place()));
  Migrate(*Must(Opened(folder.place())->OpenRun(SomeRun())), "2", "text", 1);
  CHECK(RowOf(*second, "2")->state == DocumentState::kWritten);
}
