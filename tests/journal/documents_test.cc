#include "src/io/journal/documents.h"

#include "journal_fixture.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr TextHash kText{1, 1}, kOther{2, 2};
constexpr VectorHash kVector{3, 3};
constexpr DocumentScope kScope{/*target=*/1, /*recipe=*/5, /*session=*/9};

// A document that an earlier session wrote in pass 1.
DocumentRow Written() {
  DocumentRow row;
  row.state = DocumentState::kWritten;
  row.pass = 1;
  row.recipe = 5;
  row.text = kText;
  row.vector = kVector;
  row.written = true;
  row.session = 8;
  row.outcome = DocumentState::kWritten;
  return row;
}

DocumentRow Scanned(const std::optional<DocumentRow>& old, DocumentClass found, TextHash text,
                    std::optional<KnownVector> known = KnownVector{kVector}) {
  return AfterScan(old, {"id", text, found, {}}, known, kScope, {2});
}

// The same in a pass that embeds first; the vector is there.
DocumentRow EmbeddedFirst(const std::optional<DocumentRow>& old, const ScanRecord& seen) {
  return AfterScan(old, seen, KnownVector{kVector, false, /*stored=*/true}, kScope,
                   {2, WorkOrder::kEmbedFirst});
}

}  // namespace

TEST_CASE("documents: one that is new is pending, without a vector") {
  const DocumentRow row = Scanned(std::nullopt, DocumentClass::kNew, kText);
  CHECK(row.state == DocumentState::kPending);
  CHECK(row.pass == 2);
  CHECK(row.recipe == 5);
  CHECK(row.text == kText);
  CHECK_FALSE(row.vector);
  CHECK_FALSE(row.outcome);
}

TEST_CASE("documents: another text loses the vector, a foreign vector does not") {
  const DocumentRow stale = Scanned(Written(), DocumentClass::kStaleText, kOther);
  CHECK(stale.text == kOther);
  CHECK_FALSE(stale.vector);
  CHECK_FALSE(stale.written);
  for (const DocumentClass found : {DocumentClass::kForeignVector, DocumentClass::kWrongLength}) {
    const DocumentRow row = Scanned(Written(), found, kText);
    CHECK(row.state == DocumentState::kPending);
    CHECK(row.vector == kVector);
    CHECK(row.written);
    CHECK(row.outcome == DocumentState::kWritten);
  }
}

TEST_CASE("documents: a vector of another recipe is not kept; the recipe's own is taken up") {
  DocumentRow old = Written();
  old.recipe = 4;
  DocumentRow row = Scanned(old, DocumentClass::kForeignVector, kText, std::nullopt);
  CHECK_FALSE(row.vector);
  CHECK(row.recipe == 5);

  const KnownVector own{{4, 4}, true};
  row = Scanned(old, DocumentClass::kForeignVector, kText, own);
  CHECK(row.vector == own.hash);
  CHECK(row.truncated);
  CHECK_FALSE(row.written);
  CHECK(row.recipe == 5);

  row = Scanned(old, DocumentClass::kUpToDate, kText, own);
  CHECK(row.vector == own.hash);
  CHECK(row.written);
  CHECK(row.recipe == 5);
  CHECK(row.state == DocumentState::kWritten);
}

TEST_CASE("documents: up to date is written, and an outcome once a session") {
  DocumentRow old = Written();
  old.state = DocumentState::kEmbedded;
  DocumentRow row = Scanned(old, DocumentClass::kUpToDate, kText);
  CHECK(row.state == DocumentState::kWritten);
  CHECK(row.vector == kVector);
  CHECK(row.outcome == DocumentState::kUpToDate);
  CHECK(row.session == 9);

  old.session = 9;
  row = Scanned(old, DocumentClass::kUpToDate, kText);
  CHECK(row.outcome == DocumentState::kWritten);
}

TEST_CASE("documents: what failed or was skipped in this session and is up to date is written") {
  for (const DocumentState ended : {DocumentState::kFailed, DocumentState::kSkipped}) {
    DocumentRow old = Written();
    old.session = 9;
    old.state = ended;
    old.outcome = ended;
    old.error_message = "no answer";
    const DocumentRow row = Scanned(old, DocumentClass::kUpToDate, kText);
    CHECK(row.state == DocumentState::kWritten);
    CHECK(row.outcome == DocumentState::kWritten);
    CHECK_FALSE(row.error_message);
  }
}

TEST_CASE("documents: what failed in this session is left alone with its text") {
  DocumentRow old = Written();
  old.state = DocumentState::kFailed;
  old.outcome = DocumentState::kFailed;
  CHECK(Scanned(old, DocumentClass::kNew, kText).state == DocumentState::kPending);
  old.session = 9;
  DocumentRow expected = old;
  expected.pass = 2;
  CHECK(Scanned(old, DocumentClass::kNew, kText) == expected);
  CHECK(Scanned(old, DocumentClass::kNew, kOther).state == DocumentState::kPending);
}

TEST_CASE("documents: what was skipped in this session is left alone while it has no text") {
  DocumentRow old = Written();
  old.state = DocumentState::kSkipped;
  old.outcome = DocumentState::kSkipped;
  old.session = 9;
  CHECK(Scanned(old, DocumentClass::kNew, kText).state == DocumentState::kPending);
  CHECK(Scanned(old, DocumentClass::kNew, HashText("")).state == DocumentState::kPending);
  old.text = HashText("");
  CHECK(Scanned(old, DocumentClass::kNew, HashText("")).state == DocumentState::kSkipped);
  CHECK(Scanned(old, DocumentClass::kNew, kText).state == DocumentState::kPending);
}

TEST_CASE("documents: what a pass that embeds first finds a vector for is embedded") {
  const DocumentRow fresh = EmbeddedFirst(std::nullopt, {"id", kText, DocumentClass::kNew});
  CHECK(fresh.state == DocumentState::kEmbedded);
  CHECK(fresh.text == kText);
  CHECK(fresh.vector == kVector);
  CHECK_FALSE(fresh.written);
  DocumentRow expected = fresh;
  CHECK(EmbeddedFirst(fresh, {"id", kText, DocumentClass::kForeignVector}) == expected);
  CHECK(EmbeddedFirst(fresh, {"id", kText, DocumentClass::kUpToDate}).state ==
        DocumentState::kWritten);

  // Only its hash is there.
  const DocumentRow pruned = AfterScan(fresh, {"id", kText, DocumentClass::kForeignVector},
                                       KnownVector{kVector}, kScope, {2, WorkOrder::kEmbedFirst});
  CHECK(pruned.state == DocumentState::kPending);
  CHECK(pruned.vector == kVector);
  // In place it is read again.
  CHECK(AfterScan(fresh, {"id", kText, DocumentClass::kForeignVector},
                  KnownVector{kVector, false, /*stored=*/true}, kScope, {2})
            .state == DocumentState::kPending);
}

TEST_CASE("documents: one that is to have no vector is embedded without, also after a failure") {
  DocumentRow old = Written();
  old.state = DocumentState::kFailed;
  old.outcome = DocumentState::kFailed;
  old.session = 9;
  ScanRecord seen{"id", kText, DocumentClass::kForeignVector};
  CHECK(EmbeddedFirst(old, seen).state == DocumentState::kFailed);
  seen.without_vector = true;
  const DocumentRow row = EmbeddedFirst(old, seen);
  CHECK(row.state == DocumentState::kEmbedded);
  CHECK_FALSE(row.vector);
  CHECK_FALSE(row.written);
  CHECK(row.outcome == DocumentState::kFailed);
  seen.found = DocumentClass::kUpToDate;
  CHECK(EmbeddedFirst(old, seen).state == DocumentState::kWritten);
}

TEST_CASE("documents: a copy is known until it is removed") {
  DocumentRow row = AfterOutcome(Written(), {.id = "id", .copy = kOther}, kScope, 2);
  CHECK(row.copy == kOther);
  row = AfterOutcome(row, {.id = "id"}, kScope, 2);
  CHECK(row.copy == kOther);
  row = AfterOutcome(row, {.id = "id", .state = DocumentState::kFailed}, kScope, 2);
  CHECK(row.copy == kOther);
  row = AfterOutcome(row, {.id = "id", .copy = kText}, kScope, 2);
  CHECK(row.copy == kText);
  row = AfterOutcome(row, {.id = "id", .state = DocumentState::kDeleted}, kScope, 2);
  CHECK(row.copy == kText);
  row = AfterOutcome(row, {.id = "id", .state = DocumentState::kDeleted, .copy_removed = true},
                     kScope, 2);
  CHECK_FALSE(row.copy);
}

TEST_CASE("documents: the spelling belongs to the vector and goes with it") {
  const DocumentRow written = AfterOutcome(Written(), {.id = "id", .spelling = kOther}, kScope, 2);
  CHECK(written.spelling == kOther);
  CHECK(AfterOutcome(written, {.id = "id"}, kScope, 2).spelling == kOther);

  const auto scanned = [&](DocumentClass found, VectorHash known) {
    const ScanRecord seen{.id = "id", .text = kText, .found = found, .spelling = TextHash{7, 7}};
    return AfterScan(written, seen, KnownVector{known}, kScope, {2});
  };
  CHECK(scanned(DocumentClass::kUpToDate, kVector).spelling == TextHash{7, 7});
  CHECK(scanned(DocumentClass::kForeignVector, kVector).spelling == kOther);
  CHECK_FALSE(scanned(DocumentClass::kForeignVector, {8, 8}).spelling);
  CHECK_FALSE(scanned(DocumentClass::kStaleText, kVector).spelling);
}

TEST_CASE("documents: a failure keeps its cause, cut between characters") {
  DocumentOutcome outcome{"id", DocumentState::kFailed, {}};
  outcome.failure = {"id", Stage::kUpdate, FailureKind::kRejected,
                     std::string(499, 'x') + "\u00e9"};
  DocumentRow row = AfterOutcome(Written(), outcome, kScope, 2);
  CHECK(row.state == DocumentState::kFailed);
  CHECK(row.vector == kVector);
  CHECK(row.attempts == 1);
  CHECK(row.error_stage == Stage::kUpdate);
  CHECK(row.error_kind == FailureKind::kRejected);
  CHECK(row.error_message == std::string(499, 'x'));

  row = AfterOutcome(row, outcome, kScope, 2);
  CHECK(row.attempts == 2);
  row = AfterOutcome(row, {"id", DocumentState::kWritten, {}, true}, kScope, 2);
  CHECK(row.attempts == 2);
  CHECK(row.truncated);
  CHECK_FALSE(row.error_message);
  CHECK(OutcomeOf(row, 9) == DocumentState::kWritten);
  CHECK_FALSE(OutcomeOf(row, 10));
}

TEST_CASE("documents: a row comes back as it was put") {
  const JournalFolder folder;
  Opened(folder.place());
  const auto database = Must(Database::Open(folder.file(), {}, OpenMode::kWrite));
  DocumentTable table(*database, 7);
  DocumentOutcome failed{"id", DocumentState::kFailed, {}};
  failed.failure.message = "why";
  DocumentRow full = AfterOutcome(Written(), failed, kScope, 2);
  full.copy = kOther;
  const DocumentRow bare = Scanned(std::nullopt, DocumentClass::kNew, kText);
  table.Put("full", full);
  table.Put("bare", bare);
  CHECK(table.Find("full") == full);
  CHECK(table.Find("bare") == bare);
  CHECK_FALSE(table.Find("none"));
  CHECK_FALSE(DocumentTable(*database, 8).Find("full"));
  Must(database->TakeStatus());
}
