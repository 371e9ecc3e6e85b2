#include "journal_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

JournalRow RowOf(JournalView& view, std::string_view id) {
  return Must(view.Rows(std::vector{id})).front().value();
}

Admitted Admit(Journal& run, const std::vector<std::pair<std::string_view, std::string>>& page) {
  std::vector<SeenDocument> documents;
  for (const auto& [id, text] : page) documents.push_back({id, HashText(text)});
  return Must(run.Admit(documents));
}

std::vector<std::string> Ids(const std::vector<ReadyDocument>& ready) {
  std::vector<std::string> ids;
  for (const ReadyDocument& document : ready) ids.push_back(document.id);
  return ids;
}

// Changes two bytes of a vector that the file holds.
void Spoil(const JournalFolder& folder, const Embedding& vector) {
  const std::string bytes(reinterpret_cast<const char*>(vector.data()), 2 * sizeof(float));
  const std::size_t at = folder.Contents().at("journal.db").find(bytes);
  REQUIRE(at != std::string::npos);
  std::fstream(folder.file(), std::ios::in | std::ios::out | std::ios::binary)
          .seekp(static_cast<std::streamoff>(at))
      << "\x01\x02";
}

}  // namespace

TEST_CASE("journal: documents are named in the order in which they were admitted") {
  const auto store = TransientJournal();
  const auto run = Must(store->OpenRun(SomeRun()));
  CHECK(Admit(*run, {{"1", "a"}, {"2", "b"}, {"3", "a"}}).embed == std::vector<std::size_t>{0, 1});
  CHECK(Admit(*run, {{"4", "b"}, {"5", "a"}}).embed.empty());
  const auto ready =
      Must(run->SaveVectors(std::vector{EmbeddedText{HashText("b"), SomeVector(2)},
                                        EmbeddedText{HashText("a"), SomeVector(1), true}}));
  CHECK(Ids(ready) == std::vector<std::string>{"1", "2", "3", "4", "5"});
  CHECK(*ready[0].vector == *SomeVector(1));
  CHECK(ready[0].truncated);
  CHECK_FALSE(ready[1].truncated);
  CHECK(RowOf(*run, "5").state == DocumentState::kEmbedded);
  CHECK(RowOf(*run, "5").vector == HashVector(*SomeVector(1)));
}

TEST_CASE("journal: a paid text is ready after a restart, truncated as it was") {
  const JournalFolder folder;
  {
    const auto run = Must(Opened(folder.place())->OpenRun(SomeRun()));
    Admit(*run, {{"1", "a"}});
    Must(run->SaveVectors(std::vector{EmbeddedText{HashText("a"), SomeVector(1), true}}));
  }
  const auto run = Must(Opened(folder.place())->OpenRun(SomeRun()));
  const Admitted admitted = Admit(*run, {{"1", "a"}, {"2", "a"}});
  CHECK(admitted.embed.empty());
  CHECK(Ids(admitted.ready) == std::vector<std::string>{"1", "2"});
  CHECK(*admitted.ready[1].vector == *SomeVector(1));
  CHECK(admitted.ready[1].truncated);
}

TEST_CASE("journal: a document admitted with another text is named with that one's vector") {
  const auto store = TransientJournal();
  const auto run = Must(store->OpenRun(SomeRun()));
  Admit(*run, {{"1", "old"}});
  Admit(*run, {{"1", "new"}});
  CHECK(Must(run->SaveVectors(std::vector{EmbeddedText{HashText("old"), SomeVector(1)}})).empty());
  CHECK(Ids(Must(run->SaveVectors(std::vector{EmbeddedText{HashText("new"), SomeVector(2)}}))) ==
        std::vector<std::string>{"1"});
  CHECK(RowOf(*run, "1").vector == HashVector(*SomeVector(2)));
}

TEST_CASE("journal: a text has one vector, the first") {
  const auto store = TransientJournal();
  const auto run = Must(store->OpenRun(SomeRun()));
  Must(run->SaveVectors(std::vector{EmbeddedText{HashText("a"), SomeVector(1)}}));
  Must(run->SaveVectors(std::vector{EmbeddedText{HashText("a"), SomeVector(2)}}));
  CHECK(*Admit(*run, {{"1", "a"}}).ready.at(0).vector == *SomeVector(1));
}

TEST_CASE("journal: a text given up is asked for again") {
  const auto store = TransientJournal();
  const auto run = Must(store->OpenRun(SomeRun()));
  Admit(*run, {{"1", "a"}, {"2", "b"}, {"3", "a"}});
  CHECK(Must(run->GiveUp(HashText("a"))) == std::vector<std::string>{"1", "3"});
  CHECK(Must(run->GiveUp(HashText("a"))).empty());
  CHECK(Admit(*run, {{"3", "a"}}).embed == std::vector<std::size_t>{0});
}

TEST_CASE("journal: outcomes of another session are not of this one") {
  const JournalFolder folder;
  const std::vector<DocumentOutcome> written{{"1"}};
  {
    const auto run = Must(Opened(folder.place())->OpenRun(SomeRun()));
    Migrate(*run, "1", "a", 1);
    CHECK(RowOf(*run, "1").of_this_session);
    CHECK(Must(run->SaveOutcomes(written))[0] == DocumentState::kWritten);
  }
  const auto run = Must(Opened(folder.place())->OpenRun(SomeRun()));
  CHECK_FALSE(RowOf(*run, "1").of_this_session);
  const std::vector<ScanRecord> seen{{"1", HashText("a"), DocumentClass::kUpToDate, {}}};
  CHECK(Must(run->RecordScan(seen)).newly_up_to_date == 1);
  CHECK(Must(run->RecordScan(seen)).newly_up_to_date == 0);
  CHECK(Must(run->SaveOutcomes(written))[0] == DocumentState::kUpToDate);
}

TEST_CASE("journal: only what the last pass showed is pending, in the order of ids") {
  const JournalFolder folder;
  {
    const auto run = Must(Opened(folder.place())->OpenRun(SomeRun()));
    Must(run->BeginScan(WorkOrder::kWriteAtOnce));
    Must(run->RecordScan(std::vector{NewDocument("1", "a"), NewDocument("2", "b")}));
    Must(run->BeginScan(WorkOrder::kWriteAtOnce));
    Must(run->RecordScan(
        std::vector{NewDocument("b", "b"), NewDocument("a", "a"), NewDocument("10", "c")}));
  }
  const auto store = Opened(folder.place());
  const auto run = Must(store->OpenRun(SomeRun()));
  CHECK(Must(run->PendingCount()) == 3);
  CHECK(Must(run->NextPending("", 2)) == std::vector<std::string>{"10", "a"});
  CHECK(Must(run->NextPending("a", 2)) == std::vector<std::string>{"b"});
  CHECK(Must(store->CountsOf(SomeRun().target)).pending == 3);
  CHECK(Must(run->EndScan()).gone == 2);
  CHECK(RowOf(*run, "1").state == DocumentState::kDeleted);
  CHECK(Must(run->EndScan()).gone == 0);
}

TEST_CASE("work: a vector that the disk has spoilt is embedded anew") {
  const JournalFolder folder;
  Migrate(*Must(Opened(folder.place())->OpenRun(SomeRun())), "1", "of books", 7);
  const Embedding vector = *SomeVector(7);
  Spoil(folder, vector);
  const auto store = Opened(folder.place());
  const auto run = Must(store->OpenRun(SomeRun()));
  const std::vector seen{SeenDocument{"1", HashText("of books")}};
  CHECK(Must(run->Admit(seen)).embed == std::vector<std::size_t>{0});
  const auto ready =
      Must(run->SaveVectors(std::vector{EmbeddedText{HashText("of books"), SomeVector(7)}}));
  REQUIRE(ready.size() == 1);
  CHECK(*ready[0].vector == vector);
  CHECK(Must(run->Admit(seen)).ready.size() == 1);
}

TEST_CASE("work: a spoilt vector is not handed out as none, and is not taken for paid again") {
  const JournalFolder folder;
  const std::vector<ScanRecord> seen{{"1", HashText("a"), DocumentClass::kNew},
                                     {"2", HashText("spoilt"), DocumentClass::kNew},
                                     {"3", HashText("spoilt"), DocumentClass::kNew},
                                     {"4", HashText("c"), DocumentClass::kNew}};
  {
    const auto run = Must(Opened(folder.place())->OpenRun(SomeRun()));
    Must(run->SaveVectors(std::vector{EmbeddedText{HashText("a"), SomeVector(1)},
                                      EmbeddedText{HashText("spoilt"), SomeVector(7)},
                                      EmbeddedText{HashText("c"), SomeVector(3)}}));
    Must(run->BeginScan(WorkOrder::kEmbedFirst));
    Must(run->RecordScan(seen));
    CHECK(Must(run->EmbeddedCount()) == 4);
  }
  Spoil(folder, *SomeVector(7));
  const auto run = Must(Opened(folder.place())->OpenRun(SomeRun()));
  // A page is full all the same.
  const auto page = Must(run->NextEmbedded("", 2));
  REQUIRE(page.size() == 2);
  CHECK(page[0].id == "1");
  CHECK(page[1].id == "4");
  CHECK(*page[1].vector == *SomeVector(3));
  CHECK(Must(run->NextPending("", 9)) == std::vector<std::string>{"2", "3"});
  CHECK(Must(run->EmbeddedCount()) == 2);
  CHECK(Must(run->Paid(std::vector{HashText("spoilt")})) == std::vector{false});
  Must(run->BeginScan(WorkOrder::kEmbedFirst));
  Must(run->RecordScan(seen));
  CHECK(Must(run->PendingCount()) == 2);
  CHECK(Admit(*run, {{"2", "spoilt"}, {"3", "spoilt"}}).embed.size() == 1);
  Must(run->SaveVectors(std::vector{EmbeddedText{HashText("spoilt"), SomeVector(7)}}));
  const auto whole = Must(run->NextEmbedded("1", 2));
  REQUIRE(whole.size() == 2);
  CHECK(*whole[0].vector == *SomeVector(7));
  CHECK(*whole[1].vector == *SomeVector(7));
}
