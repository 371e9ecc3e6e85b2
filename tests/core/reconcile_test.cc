#include "reembed/core/reconcile.h"

#include <array>
#include <string>
#include <vector>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

constexpr std::size_t kDimensions = 4;
constexpr TextHash kText{1, 1};
constexpr TextHash kOtherText{1, 2};
constexpr VectorHash kOurVector{2, 1};
constexpr VectorHash kForeignVector{2, 2};

// What the store may hold in the field.
enum class Held { kOurs, kForeign, kAbsent, kShort, kLong };
constexpr std::array kEveryHeld = {Held::kOurs, Held::kForeign, Held::kAbsent, Held::kShort,
                                   Held::kLong};
constexpr std::array kEveryState = {DocumentState::kPending, DocumentState::kEmbedded,
                                    DocumentState::kWritten, DocumentState::kDeleted,
                                    DocumentState::kSkipped, DocumentState::kFailed,
                                    DocumentState::kUpToDate};

StoreRow Store(TextHash text, Held held) {
  switch (held) {
    case Held::kOurs:
      return {text, kOurVector, kDimensions};
    case Held::kForeign:
      return {text, kForeignVector, kDimensions};
    case Held::kAbsent:
      return {text, std::nullopt, 0};
    case Held::kShort:
      return {text, kForeignVector, kDimensions - 1};
    case Held::kLong:
      return {text, kForeignVector, kDimensions + 1};
  }
  return {};
}

JournalRow Row(DocumentState state, std::optional<VectorHash> vector = kOurVector) {
  return {.text = kText, .vector = vector, .state = state};
}

DocumentClass Judge(const StoreRow& store, const JournalRow& row) {
  return Classify(&store, &row, kDimensions);
}

}  // namespace

TEST_CASE("classify: not in the store is gone, whatever the journal's state") {
  for (const DocumentState state : kEveryState) {
    for (const bool with_vector : {true, false}) {
      const JournalRow row = Row(state, with_vector ? std::optional(kOurVector) : std::nullopt);
      CHECK(Classify(nullptr, &row, kDimensions) == DocumentClass::kGone);
    }
  }
}

TEST_CASE("classify: not in the journal is new, whatever the store holds") {
  for (const Held held : kEveryHeld) {
    const StoreRow store = Store(kText, held);
    CHECK(Classify(&store, nullptr, kDimensions) == DocumentClass::kNew);
  }
}

TEST_CASE("classify: without a vector of this recipe it is new, with any text and in any state") {
  for (const DocumentState state : kEveryState) {
    for (const Held held : kEveryHeld) {
      for (const TextHash text : {kText, kOtherText}) {
        CHECK(Judge(Store(text, held), Row(state, std::nullopt)) == DocumentClass::kNew);
      }
    }
  }
}

TEST_CASE("classify: another text is stale, whatever the store holds and in any state") {
  for (const DocumentState state : kEveryState) {
    for (const Held held : kEveryHeld) {
      CHECK(Judge(Store(kOtherText, held), Row(state)) == DocumentClass::kStaleText);
    }
  }
}

TEST_CASE("classify: with the same text the store's vector decides, in any state") {
  for (const DocumentState state : kEveryState) {
    CHECK(Judge(Store(kText, Held::kOurs), Row(state)) == DocumentClass::kUpToDate);
    CHECK(Judge(Store(kText, Held::kForeign), Row(state)) == DocumentClass::kForeignVector);
    CHECK(Judge(Store(kText, Held::kAbsent), Row(state)) == DocumentClass::kWrongLength);
    CHECK(Judge(Store(kText, Held::kShort), Row(state)) == DocumentClass::kWrongLength);
    CHECK(Judge(Store(kText, Held::kLong), Row(state)) == DocumentClass::kWrongLength);
  }
}

TEST_CASE("classify: an outcome of this session changes nothing") {
  JournalRow row = Row(DocumentState::kFailed);
  row.of_this_session = true;
  CHECK(Judge(Store(kText, Held::kOurs), row) == DocumentClass::kUpToDate);
  CHECK(Judge(Store(kText, Held::kForeign), row) == DocumentClass::kForeignVector);
  row.vector.reset();
  CHECK(Judge(Store(kText, Held::kForeign), row) == DocumentClass::kNew);
}

TEST_CASE("classify: what happens to one document, step by step") {
  JournalRow row = Row(DocumentState::kPending, std::nullopt);
  CHECK(Judge(Store(kText, Held::kForeign), row) == DocumentClass::kNew);
  row = Row(DocumentState::kEmbedded);
  CHECK(Judge(Store(kText, Held::kForeign), row) == DocumentClass::kForeignVector);
  // Written, and the journal was not told before a crash.
  CHECK(Judge(Store(kText, Held::kOurs), row) == DocumentClass::kUpToDate);
  row = Row(DocumentState::kWritten);
  CHECK(Judge(Store(kText, Held::kOurs), row) == DocumentClass::kUpToDate);
  // The application edits the text, then puts it back; a restore brings the old vector.
  CHECK(Judge(Store(kOtherText, Held::kOurs), row) == DocumentClass::kStaleText);
  CHECK(Judge(Store(kText, Held::kOurs), row) == DocumentClass::kUpToDate);
  CHECK(Judge(Store(kText, Held::kShort), row) == DocumentClass::kWrongLength);
  CHECK(Classify(nullptr, &row, kDimensions) == DocumentClass::kGone);
  // It was deleted and made again.
  row = Row(DocumentState::kDeleted);
  CHECK(Judge(Store(kText, Held::kAbsent), row) == DocumentClass::kWrongLength);
}

TEST_CASE("classify: only the whole hash is the same vector") {
  StoreRow store = Store(kText, Held::kOurs);
  for (const VectorHash other : {VectorHash{2, 9}, VectorHash{9, 1}}) {
    store.vector = other;
    CHECK(Judge(store, Row(DocumentState::kWritten)) == DocumentClass::kForeignVector);
  }
}

TEST_CASE("class: names for reports") {
  CHECK(ToString(DocumentClass::kNew) == "new");
  CHECK(ToString(DocumentClass::kStaleText) == "stale_text");
  CHECK(ToString(DocumentClass::kForeignVector) == "foreign_vector");
  CHECK(ToString(DocumentClass::kWrongLength) == "wrong_length");
  CHECK(ToString(DocumentClass::kUpToDate) == "up_to_date");
  CHECK(ToString(DocumentClass::kGone) == "gone");
}
