#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/catch2.h"
#include "tests/support/journal_suite.h"

namespace reembed::testing {

inline WallTime Day(int day) {
  return WallTime{} + std::chrono::hours(24) * (20'000 + day);
}

inline Recipe RecipeFor(std::string model) {
  Recipe recipe;
  recipe.family = "fake";
  recipe.base_url = "http://provider.test/v1";
  recipe.model = std::move(model);
  recipe.dimensions = 3;
  recipe.prefix = "passage: ";
  return recipe;
}

inline RunSpec SpecOf(std::string collection, std::string model = "m1") {
  return {
      .name = "key of " + collection,
      .target = {.collection = std::move(collection), .created_at = 1'700'000'000, .field = "v"},
      .recipe = RecipeFor(std::move(model)),
      .nodes = {"http://one.test:8108", "http://two.test:8108"},
      .now = Day(1)};
}

/// The vector of a text: numbers that a detour through decimals would change.
inline SharedEmbedding VectorFor(std::string_view text, float first = 0) {
  const auto bits = static_cast<float>(HashText(text).low % 1'000'003);
  return std::make_shared<const Embedding>(Embedding{first, bits / 7.0F, -0.0F, 1e-42F, -3.4e38F});
}

inline FieldBackup OldField(std::string_view name) {
  return {BackupKind::kText, "old of " + std::string(name)};
}

struct ScanDocument {
  std::string id, text;
  DocumentClass found = DocumentClass::kNew;
  std::optional<FieldBackup> backup = {};
  bool without_vector = false;
};
using Ids = std::vector<std::string>;
using IdsAndTexts = std::vector<std::pair<std::string, std::string>>;

/// Short words for a journal's calls; each fails the test when the call fails.
class JournalRig {
 public:
  explicit JournalRig(const MakeJournal& make) : under_test_(make()) {}

  JournalStore& store() { return under_test_->store(); }
  std::unique_ptr<Journal> Open(const RunSpec& spec) { return Value(store().OpenRun(spec)); }
  std::unique_ptr<JournalView> View(const RunSpec& spec) {
    return Value(store().View(spec.target, spec.recipe));
  }
  void Restart() { under_test_->Restart(); }

  template <typename T>
  static T Value(Result<T> result) {
    if (!result.ok()) FAIL(result.error().message);
    return std::move(*result);
  }
  static void Done(const Status& status) {
    if (!status.ok()) FAIL(status.error().message);
  }

 private:
  const std::unique_ptr<JournalUnderTest> under_test_;
};

template <typename T>
T Value(Result<T> result) {
  return JournalRig::Value(std::move(result));
}
inline void Done(const Status& status) {
  JournalRig::Done(status);
}

inline std::vector<std::string_view> Views(const Ids& ids) {
  return {ids.begin(), ids.end()};
}

inline ScanNotes Record(Journal& journal, const std::vector<ScanDocument>& documents) {
  std::vector<ScanRecord> records;
  for (const ScanDocument& document : documents) {
    records.push_back({document.id, HashText(document.text), document.found, document.backup,
                       document.without_vector});
  }
  return Value(journal.RecordScan(records));
}

struct ScanCounts {
  std::uint64_t up_to_date = 0, gone = 0;
  Ids succeeded = {}, deleted = {};
  friend bool operator==(const ScanCounts&, const ScanCounts&) = default;
};
inline ScanCounts Scan(Journal& journal, const std::vector<ScanDocument>& documents,
                       WorkOrder order = WorkOrder::kWriteAtOnce) {
  Done(journal.BeginScan(order));
  ScanNotes notes = Record(journal, documents);
  ScanEnd end = Value(journal.EndScan());
  std::sort(end.deleted.begin(), end.deleted.end());
  Ids succeeded;
  for (auto& [id, before] : notes.succeeded) succeeded.push_back(std::move(id));
  return {notes.newly_up_to_date, end.gone, std::move(succeeded), std::move(end.deleted)};
}

inline Admitted Admit(Journal& journal, const IdsAndTexts& documents) {
  std::vector<SeenDocument> seen;
  for (const auto& [id, text] : documents) seen.push_back({id, HashText(text)});
  return Value(journal.Admit(seen));
}

/// Saves VectorFor(text).
inline std::vector<ReadyDocument> Save(Journal& journal, const std::string& text,
                                       bool truncated = false) {
  const std::vector<EmbeddedText> texts = {{HashText(text), VectorFor(text), truncated}};
  return Value(journal.SaveVectors(texts));
}

inline Ids IdsOf(const std::vector<ReadyDocument>& ready) {
  Ids ids;
  for (const ReadyDocument& document : ready) ids.push_back(document.id);
  return ids;
}

/// Records how one document ended; returns its earlier outcome of this session.
inline std::optional<DocumentState> End(Journal& journal, const std::string& id,
                                        DocumentState state) {
  DocumentOutcome outcome = {.id = id, .state = state};
  if (state == DocumentState::kFailed) {
    outcome.failure = {id, Stage::kEmbed, FailureKind::kRejected, "the store says \"no\""};
  }
  const std::vector<DocumentOutcome> outcomes = {outcome};
  return Value(journal.SaveOutcomes(outcomes)).at(0);
}

/// Admits, embeds and writes one document.
inline void Write(Journal& journal, const std::string& id, const std::string& text) {
  const Admitted admitted = Admit(journal, {{id, text}});
  if (!admitted.embed.empty()) Save(journal, text);
  End(journal, id, DocumentState::kWritten);
}

inline std::optional<JournalRow> Row(JournalView& view, const std::string& id) {
  const std::vector<std::string_view> ids = {id};
  return Value(view.Rows(ids)).at(0);
}
inline bool IsPaid(JournalView& view, const std::string& text) {
  const std::vector<TextHash> texts = {HashText(text)};
  return Value(view.Paid(texts)).at(0);
}
inline Ids Pending(Journal& journal, std::string_view after = "", std::size_t max = 100) {
  return Value(journal.NextPending(after, max));
}

/// Is to end without a vector.
inline ScanDocument Without(const std::string& id, const std::string& text) {
  return {.id = id, .text = text, .without_vector = true};
}

inline std::vector<EmbeddedDocument> NextEmbedded(Journal& journal, std::string_view after = "",
                                                  std::size_t max = 100) {
  return Value(journal.NextEmbedded(after, max));
}

inline Ids Embedded(Journal& journal, std::string_view after = "", std::size_t max = 100) {
  Ids ids;
  for (const EmbeddedDocument& document : NextEmbedded(journal, after, max))
    ids.push_back(document.id);
  return ids;
}

inline DocumentState StateOf(JournalView& view, const std::string& id) {
  const auto row = Row(view, id);
  REQUIRE(row.has_value());
  return row->state;
}

/// Admits and embeds one document, without writing it.
inline void Embed(Journal& journal, const std::string& id, const std::string& text) {
  if (!Admit(journal, {{id, text}}).embed.empty()) Save(journal, text);
}

}  // namespace reembed::testing
