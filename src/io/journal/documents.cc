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

}  // namespace

DocumentTable::DocumentTable(Database& database, std::int64_t target)
    : target_(target),
      find_(database,
            "SELECT state, pass, recipe, text_hash, vector_hash, truncated, session, outcome, "
            "attempts, error_stage, error_kind, error_message FROM documents "
            "WHERE target=? AND id=?"),
      put_(database,
           "REPLACE INTO documents(target, id, state, pass, recipe, text_hash, vector_hash, "
           "truncated, session, outcome, attempts, error_stage, error_kind, error_message) "
           "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)") {}

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
  return row;
}

void DocumentTable::Put(std::string_view id, const DocumentRow& row) {
  put_.Bind(target_, id, row.state, row.pass, row.recipe, row.text, row.vector, row.truncated,
            row.session, row.outcome, row.attempts, row.error_stage, row.error_kind,
            row.error_message)
      .Run();
}

std::optional<DocumentState> OutcomeOf(const std::optional<DocumentRow>& row,
                                       std::int64_t session) {
  return row && row->session == session ? row->outcome : std::nullopt;
}

DocumentRow AfterScan(const std::optional<DocumentRow>& old, const ScanRecord& seen,
                      const DocumentScope& scope, std::int64_t pass) {
  DocumentRow row = old.value_or(DocumentRow{});
  row.pass = pass;
  const std::optional<DocumentState> outcome = OutcomeOf(old, scope.session);
  if (!old) row.recipe = scope.recipe;
  if (seen.found == DocumentClass::kUpToDate) {
    row.text = seen.text;
    row.state = DocumentState::kWritten;
    if (outcome) return row;
    row.session = scope.session;
    row.outcome = DocumentState::kUpToDate;
    return row;
  }
  // What failed or was skipped would end the same once more: not again before the next start.
  const bool ended = outcome == DocumentState::kFailed || outcome == DocumentState::kSkipped;
  if (ended && row.text == seen.text) return row;
  const bool keeps_vector =
      (seen.found == DocumentClass::kForeignVector || seen.found == DocumentClass::kWrongLength) &&
      row.text == seen.text && row.recipe == scope.recipe;
  if (!keeps_vector) row.vector.reset();
  row.text = seen.text;
  row.recipe = scope.recipe;
  row.state = DocumentState::kPending;
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
  row.error_stage.reset();
  row.error_kind.reset();
  row.error_message.reset();
  if (outcome.state == DocumentState::kWritten) row.truncated = outcome.truncated;
  return row;
}

std::vector<std::optional<JournalRow>> ReadRows(Database& database, const DocumentScope& scope,
                                                std::span<const std::string_view> ids) {
  std::vector<std::optional<JournalRow>> rows;
  rows.reserve(ids.size());
  DocumentTable documents(database, scope.target);
  for (const std::string_view id : ids) {
    const std::optional<DocumentRow> found = documents.Find(id);
    std::optional<JournalRow>& row = rows.emplace_back();
    if (!found) continue;
    row.emplace();
    row->text = found->text;
    if (found->recipe == scope.recipe) row->vector = found->vector;
    row->state = found->state;
    row->of_this_session = scope.session != 0 && OutcomeOf(found, scope.session).has_value();
  }
  return rows;
}

}  // namespace reembed
