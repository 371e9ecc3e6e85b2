#include <algorithm>
#include <set>
#include <thread>

#include "reembed/base/mutex.h"
#include "tests/support/journal_rig.h"

namespace reembed::testing {
namespace {

using Indices = std::vector<std::size_t>;

/// Bit for bit: -0 is not 0.
bool SameBits(const SharedEmbedding& a, const SharedEmbedding& b) {
  return a != nullptr && HashVector(*a) == HashVector(*b) && a->size() == b->size();
}

void SendsATextOnce(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"z", "same"}, {"a", "same"}, {"m", "same"}, {"o", "other"}});
  const Admitted first = Admit(*journal, {{"z", "same"}, {"a", "same"}, {"o", "other"}});
  CHECK(first.embed == Indices{0, 2});
  CHECK(first.ready.empty());
  const Admitted second = Admit(*journal, {{"m", "same"}});
  CHECK(second.embed.empty());
  CHECK(second.ready.empty());
  CHECK(Row(*journal, "m")->state == DocumentState::kPending);

  const std::vector<ReadyDocument> ready = Save(*journal, "same", true);
  // In the order in which they were admitted.
  CHECK(IdsOf(ready) == Ids{"z", "a", "m"});
  for (const ReadyDocument& document : ready) {
    CHECK(SameBits(document.vector, VectorFor("same")));
    CHECK(document.truncated);
    CHECK(Row(*journal, document.id)->state == DocumentState::kEmbedded);
    CHECK(Row(*journal, document.id)->vector == HashVector(*VectorFor("same")));
  }
  CHECK(Pending(*journal) == Ids{"o"});
  CHECK(IdsOf(Save(*journal, "other")) == Ids{"o"});
}

void TakesSeveralVectors(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}, {"3", "a"}});
  Admit(*journal, {{"1", "a"}, {"2", "b"}, {"3", "a"}});
  const std::vector<EmbeddedText> texts = {{HashText("b"), VectorFor("b"), true},
                                           {HashText("nobody's"), VectorFor("nobody's"), false},
                                           {HashText("a"), VectorFor("a"), false}};
  const auto ready = Value(journal->SaveVectors(texts));
  CHECK(IdsOf(ready) == Ids{"1", "2", "3"});
  CHECK(ready.at(1).truncated);
  CHECK_FALSE(ready.at(2).truncated);
  CHECK(SameBits(ready.at(1).vector, VectorFor("b")));
  CHECK(IsPaid(*journal, "nobody's"));
  CHECK(journal->SaveVectors({})->empty());
}

void ReadiesPaidTexts(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"1", "a"}, {"2", "b"}, {"3", "a"}, {"4", "c"}});
  Admit(*journal, {{"1", "a"}, {"2", "b"}});
  Save(*journal, "a", true);
  Save(*journal, "b");
  for (const bool restart : {false, true}) {
    CAPTURE(restart);
    if (restart) {
      journal.reset();
      rig.Restart();
      journal = rig.Open(SpecOf("books"));
    }
    const Admitted admitted = Admit(*journal, {{"3", "a"}, {"4", "c"}, {"2", "b"}});
    CHECK(admitted.embed == Indices{1});
    REQUIRE(IdsOf(admitted.ready) == Ids{"3", "2"});
    CHECK(admitted.ready[0].truncated);
    CHECK_FALSE(admitted.ready[1].truncated);
    CHECK(SameBits(admitted.ready[0].vector, VectorFor("a")));
    CHECK(SameBits(admitted.ready[1].vector, VectorFor("b")));
    CHECK(Row(*journal, "3")->state == DocumentState::kEmbedded);
    CHECK(IsPaid(*journal, "a"));
    CHECK_FALSE(IsPaid(*journal, "c"));
  }
}

void GivesUp(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  Scan(*journal, {{"2", "bad"}, {"1", "bad"}, {"3", "good"}});
  Admit(*journal, {{"2", "bad"}, {"1", "bad"}, {"3", "good"}});
  CHECK(*journal->GiveUp(HashText("bad")) == Ids{"2", "1"});
  CHECK(journal->GiveUp(HashText("bad"))->empty());
  CHECK(journal->GiveUp(HashText("unknown"))->empty());
  CHECK_FALSE(IsPaid(*journal, "bad"));
  End(*journal, "1", DocumentState::kFailed);
  // The text may be sent anew, and only who asks again gets its vector.
  CHECK(Admit(*journal, {{"2", "bad"}}).embed == Indices{0});
  CHECK(IdsOf(Save(*journal, "bad")) == Ids{"2"});
  CHECK(IdsOf(Save(*journal, "good")) == Ids{"3"});
}

void SharesVectorsBetweenTargets(JournalRig rig) {
  const auto books = rig.Open(SpecOf("books"));
  const auto films = rig.Open(SpecOf("films"));
  Scan(*books, {{"1", "a", DocumentClass::kNew, OldField("books")}, {"2", "b"}});
  Scan(*films, {{"1", "a", DocumentClass::kNew, OldField("films")}, {"2", "b"}, {"3", "c"}});
  CHECK(Admit(*books, {{"1", "a"}}).embed.size() == 1);
  CHECK(IdsOf(Save(*books, "a")) == Ids{"1"});
  CHECK(Row(*films, "1")->state == DocumentState::kPending);
  End(*books, "1", DocumentState::kWritten);
  CHECK(Pending(*books) == Ids{"2"});
  CHECK(Pending(*films) == Ids{"1", "2", "3"});
  CHECK_FALSE(Row(*books, "3").has_value());
  // The vector is the recipe's; the document is the target's.
  CHECK(IdsOf(Admit(*films, {{"1", "a"}}).ready) == Ids{"1"});
  CHECK_FALSE(End(*films, "1", DocumentState::kFailed).has_value());
  CHECK(Row(*books, "1")->state == DocumentState::kWritten);
  CHECK(Scan(*books, {{"2", "b"}}).gone == 1);
  CHECK(Row(*films, "1")->state == DocumentState::kFailed);
  CHECK(Value(rig.store().CountsOf(SpecOf("films").target)).pending == 2);
  CHECK(Value(rig.store().CountsOf(SpecOf("books").target)).pending == 1);
}

void KeepsFieldsAndGenerationsApart(JournalRig rig) {
  const auto books = rig.Open(SpecOf("books"));
  Scan(*books, {{"1", "a"}});
  RunSpec other_field = SpecOf("books");
  other_field.target.field = "w";
  RunSpec made_again = SpecOf("books");
  made_again.target.created_at += 1;
  for (const RunSpec& spec : {other_field, made_again}) {
    const auto journal = rig.Open(spec);
    CHECK_FALSE(journal->run().continued);
    CHECK_FALSE(Row(*journal, "1").has_value());
    CHECK(Pending(*journal).empty());
  }
}

void KeepsRecipesApart(JournalRig rig) {
  auto journal = rig.Open(SpecOf("books", "m1"));
  Scan(*journal, {{"1", "a"}});
  Write(*journal, "1", "a");
  journal = rig.Open(SpecOf("books", "m2"));
  CHECK_FALSE(IsPaid(*journal, "a"));
  REQUIRE(Row(*journal, "1").has_value());
  CHECK(Row(*journal, "1")->text == HashText("a"));
  CHECK_FALSE(Row(*journal, "1")->vector.has_value());
  Scan(*journal, {{"1", "a"}});
  CHECK(Pending(*journal) == Ids{"1"});
  CHECK(Admit(*journal, {{"1", "a"}}).embed.size() == 1);
  const std::vector<EmbeddedText> texts = {{HashText("a"), VectorFor("a", 2.0F), false}};
  CHECK(IdsOf(Value(journal->SaveVectors(texts))) == Ids{"1"});
  CHECK(Row(*journal, "1")->vector == HashVector(*VectorFor("a", 2.0F)));
  // Back again: what was paid for by the first recipe is there as it was.
  journal = rig.Open(SpecOf("books", "m1"));
  CHECK(Row(*journal, "1")->vector == HashVector(*VectorFor("a")));
  Scan(*journal, {{"1", "a", DocumentClass::kForeignVector}});
  const Admitted admitted = Admit(*journal, {{"1", "a"}});
  REQUIRE(admitted.ready.size() == 1);
  CHECK(SameBits(admitted.ready[0].vector, VectorFor("a")));
}

constexpr int kThreads = 20, kPerThread = 12;

std::string TextOf(int thread, int i) {
  // Every second text is one that all threads have.
  return i % 2 == 0 ? "shared " + std::to_string(i)
                    : std::to_string(thread) + " " + std::to_string(i);
}

/// Collects across threads; Catch2's assertions are for one thread.
class Collector {
 public:
  void Add(const std::vector<ReadyDocument>& ready) {
    MutexLock lock(mutex_);
    for (const ReadyDocument& document : ready) ids_.push_back(document.id);
  }
  void Sent() {
    MutexLock lock(mutex_);
    ++sent_;
  }
  void Failed() {
    MutexLock lock(mutex_);
    failed_ = true;
  }
  Ids SortedIds() {
    MutexLock lock(mutex_);
    std::sort(ids_.begin(), ids_.end());
    return ids_;
  }
  int sent() {
    MutexLock lock(mutex_);
    return sent_;
  }
  bool failed() {
    MutexLock lock(mutex_);
    return failed_;
  }

 private:
  Mutex mutex_;
  Ids ids_ REEMBED_GUARDED_BY(mutex_);
  int sent_ REEMBED_GUARDED_BY(mutex_) = 0;
  bool failed_ REEMBED_GUARDED_BY(mutex_) = false;
};

void WorkAsOneThread(Journal& journal, int thread, Collector& all) {
  for (int i = 0; i < kPerThread; ++i) {
    const std::string id = std::to_string(thread) + "/" + std::to_string(i);
    const TextHash text = HashText(TextOf(thread, i));
    const std::vector<SeenDocument> seen = {{id, text}};
    const auto admitted = journal.Admit(seen);
    if (!admitted.ok()) return all.Failed();
    all.Add(admitted->ready);
    if (admitted->embed.empty()) continue;
    all.Sent();
    const std::vector<EmbeddedText> texts = {{text, VectorFor(TextOf(thread, i)), false}};
    const auto ready = journal.SaveVectors(texts);
    if (!ready.ok()) return all.Failed();
    all.Add(*ready);
    std::vector<DocumentOutcome> outcomes;
    for (const ReadyDocument& document : *ready) outcomes.push_back({.id = document.id});
    if (!journal.SaveOutcomes(outcomes).ok()) return all.Failed();
  }
}

void LosesNothingBetweenThreads(JournalRig rig) {
  const auto journal = rig.Open(SpecOf("books"));
  std::vector<ScanDocument> documents;
  for (int i = 0; i < kThreads * kPerThread; ++i) {
    documents.push_back({std::to_string(i / kPerThread) + "/" + std::to_string(i % kPerThread),
                         TextOf(i / kPerThread, i % kPerThread)});
  }
  Scan(*journal, documents);
  Collector all;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] { WorkAsOneThread(*journal, thread, all); });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(all.failed());
  // Every document became ready once, every text was sent once.
  Ids ids;
  for (const ScanDocument& document : documents) ids.push_back(document.id);
  std::sort(ids.begin(), ids.end());
  CHECK(all.SortedIds() == ids);
  CHECK(all.sent() == kThreads * kPerThread / 2 + kPerThread / 2);
  CHECK(Pending(*journal).empty());
}

}  // namespace

void RunJournalVectorSuite(const MakeJournal& make) {
  SECTION("a text is sent once, and all that waited for it become ready") {
    SendsATextOnce(JournalRig(make));
  }
  SECTION("several vectors at once, also ones that nobody waits for") {
    TakesSeveralVectors(JournalRig(make));
  }
  SECTION("a text that was paid for is ready at once, exact, also after a restart") {
    ReadiesPaidTexts(JournalRig(make));
  }
  SECTION("a text is given up") {
    GivesUp(JournalRig(make));
  }
  SECTION("targets share vectors and nothing else") {
    SharesVectorsBetweenTargets(JournalRig(make));
  }
  SECTION("another field, or a collection made again, is another target") {
    KeepsFieldsAndGenerationsApart(JournalRig(make));
  }
  SECTION("recipes share no vector") {
    KeepsRecipesApart(JournalRig(make));
  }
  SECTION("threads lose nothing and pay nothing twice") {
    LosesNothingBetweenThreads(JournalRig(make));
  }
}

}  // namespace reembed::testing
