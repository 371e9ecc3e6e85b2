#include "documents.h"

#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr std::size_t kLongestMessage = 500;

template <typename Enum>
std::optional<Enum> EnumAt(const Statement& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return static_cast<Enum>(row.Int(column));
}

void ForgetError(DocumentRow& row) {
  row.error_stage.reset();
  row.error_kind.reset();
  row.error_message.reset();
}

// Whether another try would end as the last one of this session did.
bool WouldEndTheSame(const DocumentRow& row, std::optional<DocumentState> outcome,
                     const TextHash& text) {
  if (row.text != text) return false;
  if (outcome == DocumentState::kFailed) return true;
  // Skipped with a text: it was not under the filter, or had no text, when it was fetched. That a
  // scan shows it says that this is over.
  return outcome == DocumentState::kSkipped && text == HashText("");
}

bool EmbedsFirst(const ScanRecord& seen, WorkOrder order) {
  return order == WorkOrder::kEmbedFirst && seen.found != DocumentClass::kUpToDate;
}

// The store holds the right vector.
void NoteUpToDate(DocumentRow& row, std::optional<DocumentState> outcome,
                  const DocumentScope& scope) {
  row.state = DocumentState::kWritten;
  row.written = row.vector.has_value();
  if (!outcome) {
    row.session = scope.session;
    row.outcome = DocumentState::kUpToDate;
  } else if (IsCorrected(outcome)) {
    // A write whose answer was lost, for example.
    row.outcome = DocumentState::kWritten;
    ForgetError(row);
  }
}

}  // namespace

DocumentTable::DocumentTable(Database& database, std::int64_t target)
    : target_(target),
      find_(database,
            "SELECT state, pass, recipe, text_hash, vector_hash, truncated, session, outcome, "
            "attempts, error_stage, error_kind, error_message, written, copy, spelling "
            "FROM documents WHERE target=? AND id=?"),
      put_(
          database,
          "REPLACE INTO documents(target, id, state, pass, recipe, text_hash, vector_hash, "
          "truncated, session, outcome, attempts, error_stage, error_kind, error_message, written, "
          "copy, spelling) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)") {}

std::optional<DocumentRow> DocumentTable::Find(std::string_view id) {
  if (!find_.Bind(target_, id).Step()) return std::nullopt;
  DocumentRow row;
  row.state = static_cast<DocumentState>(find_.Int(0));
  row.pass = find_.Int(1);
  row.recipe = find_.Int(2);
  row.text = find_.Hash(3).value_or(TextHash{});
  row.vector = find_.Hash(4);
  row.truncated = find_.Bool(5);
  row.session = find_.Int(6);
  row.outcome = EnumAt<DocumentState>(find_, 7);
  row.attempts = find_.Int(8);
  row.error_stage = EnumAt<Stage>(find_, 9);
  row.error_kind = EnumAt<FailureKind>(find_, 10);
  if (!find_.IsNull(11)) row.error_message = std::string(find_.View(11));
  row.written = find_.Bool(12);
  row.copy = find_.Hash(13);
  row.spelling = find_.Hash(14);
  return row;
}

void DocumentTable::Put(std::string_view id, const DocumentRow& row) {
  put_.Bind(target_, id, row.state, row.pass, row.recipe, row.text, row.vector, row.truncated,
            row.session, row.outcome, row.attempts, row.error_stage, row.error_kind,
            row.error_message, row.written, row.copy, row.spelling)
      .Run();
}

std::optional<DocumentState> OutcomeOf(const std::optional<DocumentRow>& row,
                                       std::int64_t session) {
  return row && row->session == session ? row->outcome : std::nullopt;
}

bool IsCorrected(std::optional<DocumentState> outcome) {
  return outcome == DocumentState::kFailed || outcome == DocumentState::kSkipped;
}

bool KeepsVector(DocumentClass found) {
  return found == DocumentClass::kUpToDate || found == DocumentClass::kForeignVector ||
         found == DocumentClass::kWrongLength;
}

std::optional<KnownVector> KnownOf(const std::optional<DocumentRow>& row, const TextHash& text,
                                   const DocumentScope& scope, VectorTable& vectors) {
  if (row && row->vector && row->recipe == scope.recipe && row->text == text)
    return KnownVector{*row->vector, row->truncated};
  return vectors.Known(text);
}

std::optional<KnownVector> KnownToScan(const std::optional<DocumentRow>& row,
                                       const ScanRecord& seen, const DocumentScope& scope,
                                       WorkOrder order, VectorTable& vectors) {
  if (EmbedsFirst(seen, order)) {
    if (seen.without_vector) return std::nullopt;
    // The text's, not the row's: a vector that was pruned and paid again may be another one.
    std::optional<KnownVector> known = vectors.Known(seen.text);
    if (known && known->stored) return known;
  }
  return KeepsVector(seen.found) ? KnownOf(row, seen.text, scope, vectors) : std::nullopt;
}

void SetVector(DocumentRow& row, const std::optional<KnownVector>& vector) {
  if (!vector || row.vector != vector->hash) {
    row.written = false;
    row.spelling.reset();
  }
  row.vector.reset();
  if (!vector) return;
  row.vector = vector->hash;
  row.truncated = vector->truncated;
}

DocumentRow AfterScan(const std::optional<DocumentRow>& old, const ScanRecord& seen,
                      const std::optional<KnownVector>& known, const DocumentScope& scope,
                      const ScanPass& pass) {
  DocumentRow row = old.value_or(DocumentRow{});
  row.pass = pass.number;
  const std::optional<DocumentState> outcome = OutcomeOf(old, scope.session);
  const bool up_to_date = seen.found == DocumentClass::kUpToDate;
  const bool embeds_first = EmbedsFirst(seen, pass.order);
  const bool to_have_none = embeds_first && seen.without_vector;
  const bool is_stored = embeds_first && !to_have_none && known && known->stored;
  // Not again before the next start.
  if (!up_to_date && !to_have_none && WouldEndTheSame(row, outcome, seen.text)) return row;
  row.recipe = scope.recipe;
  row.text = seen.text;
  const bool keeps = !to_have_none && (is_stored || KeepsVector(seen.found));
  SetVector(row, keeps ? known : std::nullopt);
  if (up_to_date) {
    if (row.vector && seen.spelling) row.spelling = seen.spelling;
    NoteUpToDate(row, outcome, scope);
  } else {
    row.state = to_have_none || is_stored ? DocumentState::kEmbedded : DocumentState::kPending;
  }
  return row;
}

DocumentRow AfterOutcome(const std::optional<DocumentRow>& old, const DocumentOutcome& outcome,
                         const DocumentScope& scope, std::int64_t pass) {
  DocumentRow row = old.value_or(DocumentRow{});
  if (!old) {
    row.pass = pass;
    row.recipe = scope.recipe;
  }
  row.state = outcome.state;
  row.session = scope.session;
  row.outcome = outcome.state;
  if (outcome.state == DocumentState::kFailed) {
    ++row.attempts;
    row.error_stage = outcome.failure.stage;
    row.error_kind = outcome.failure.kind;
    row.error_message = std::string(Utf8Prefix(outcome.failure.message, kLongestMessage));
    return row;
  }
  ForgetError(row);
  if (outcome.copy_removed) row.copy.reset();
  if (outcome.state != DocumentState::kWritten) return row;
  if (outcome.copy) row.copy = outcome.copy;
  row.truncated = outcome.truncated;
  row.written = row.vector.has_value();
  if (row.vector && outcome.spelling) row.spelling = outcome.spelling;
  return row;
}

ScanEnd MarkGone(Database& database, const DocumentScope& scope, std::int64_t pass) {
  ScanEnd end;
  // Those that had failed in this session first: their outcome changes with the state.
  Statement failed(database,
                   "SELECT id FROM documents WHERE target=? AND pass<>? AND state<>? AND session=? "
                   "AND outcome=?");
  failed.Bind(scope.target, pass, DocumentState::kDeleted, scope.session, DocumentState::kFailed);
  while (failed.Step()) end.deleted.emplace_back(failed.View(0));
  Statement correct(database,
                    "UPDATE documents SET outcome=?, error_stage=NULL, error_kind=NULL, "
                    "error_message=NULL WHERE target=? AND id=?");
  for (const std::string& id : end.deleted)
    correct.Bind(DocumentState::kDeleted, scope.target, id).Run();
  Statement gone(database, "UPDATE documents SET state=? WHERE target=? AND pass<>? AND state<>?");
  gone.Bind(DocumentState::kDeleted, scope.target, pass, DocumentState::kDeleted).Run();
  end.gone = static_cast<std::uint64_t>(database.Changes());
  return end;
}

std::vector<std::optional<JournalRow>> ReadRows(Database& database, const DocumentScope& scope,
                                                std::span<const std::string_view> ids,
                                                std::int64_t pass) {
  std::vector<std::optional<JournalRow>> rows;
  rows.reserve(ids.size());
  DocumentTable documents(database, scope.target);
  VectorTable vectors(database, scope.recipe);
  for (const std::string_view id : ids) {
    const std::optional<DocumentRow> found = documents.Find(id);
    std::optional<JournalRow>& row = rows.emplace_back();
    if (!found) continue;
    row.emplace();
    row->text = found->text;
    if (const auto known = KnownOf(found, found->text, scope, vectors)) row->vector = known->hash;
    row->state = found->state;
    // What the row's state tells is not of this vector: another recipe wrote its own, or the
    // document was gone before it had one. So nobody has overwritten it. One that this recipe wrote
    // without a vector was to have none.
    const bool is_written = row->state == DocumentState::kWritten;
    const bool is_own = found->recipe == scope.recipe && (found->vector || is_written);
    const bool ended = is_written || row->state == DocumentState::kDeleted;
    const bool is_foreign = found->recipe != scope.recipe && is_written;
    if (is_foreign || (row->vector && !is_own && ended)) row->state = DocumentState::kEmbedded;
    row->of_this_session = scope.session != 0 && OutcomeOf(found, scope.session).has_value();
    row->of_this_pass = pass != 0 && found->pass == pass;
    row->copy = found->copy;
    if (row->vector == found->vector) row->spelling = found->spelling;
  }
  return rows;
}

}  // namespace reembed
