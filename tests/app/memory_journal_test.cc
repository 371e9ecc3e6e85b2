#include "src/io/journal/memory_journal.h"

#include <memory>
#include <string>
#include <vector>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

std::vector<Admission> Admit(Journal& journal, const std::vector<std::string>& ids,
                             std::string_view text) {
  std::vector<SeenDocument> seen;
  for (const std::string& id : ids) seen.push_back({id, HashText(text)});
  return journal.Admit(seen).value();
}

SharedEmbedding Vector(float value) {
  return std::make_shared<const Embedding>(Embedding{value});
}

}  // namespace

TEST_CASE("journal: the same text is sent once while it is on its way") {
  const auto journal = MakeMemoryJournal();
  CHECK(Admit(*journal, {"1", "2"}, "same") ==
        std::vector<Admission>{Admission::kEmbed, Admission::kWait});
  CHECK(Admit(*journal, {"3"}, "same") == std::vector<Admission>{Admission::kWait});
  CHECK(Admit(*journal, {"4"}, "other") == std::vector<Admission>{Admission::kEmbed});
}

TEST_CASE("journal: a vector makes every document that waited for it ready") {
  const auto journal = MakeMemoryJournal();
  Admit(*journal, {"1", "2"}, "same");
  const std::vector<EmbeddedText> texts = {{HashText("same"), Vector(7), true}};
  const auto ready = journal->SaveVectors(texts).value();
  REQUIRE(ready.size() == 2);
  CHECK(ready[0].id == "1");
  CHECK(ready[1].id == "2");
  CHECK(ready[1].truncated);
  CHECK(ready[0].vector == ready[1].vector);
}

TEST_CASE("journal: keeps no vectors: the same text later is sent again") {
  const auto journal = MakeMemoryJournal();
  Admit(*journal, {"1"}, "same");
  const std::vector<EmbeddedText> texts = {{HashText("same"), Vector(7), false}};
  CHECK(journal->SaveVectors(texts).value().size() == 1);
  CHECK(Admit(*journal, {"2"}, "same") == std::vector<Admission>{Admission::kEmbed});
}

TEST_CASE("journal: knows what it has admitted or seen end") {
  const auto journal = MakeMemoryJournal();
  Admit(*journal, {"1"}, "text");
  const std::vector<DocumentOutcome> outcomes = {{.id = "2", .state = DocumentState::kSkipped}};
  CHECK(journal->SaveOutcomes(outcomes).ok());
  CHECK(journal->Knows("1"));
  CHECK(journal->Knows("2"));
  CHECK_FALSE(journal->Knows("3"));
  CHECK(Admit(*journal, {"1"}, "text") == std::vector<Admission>{Admission::kKnown});
}

TEST_CASE("journal: a text given up names the documents that waited for it") {
  const auto journal = MakeMemoryJournal();
  Admit(*journal, {"1", "2"}, "bad");
  CHECK(journal->GiveUp(HashText("bad")).value() == std::vector<std::string>{"1", "2"});
  CHECK(journal->GiveUp(HashText("bad")).value().empty());
}
