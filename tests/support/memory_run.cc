#include "tests/support/memory_run.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace reembed::testing {
namespace {

class MemoryView final : public JournalView {
 public:
  MemoryView(std::shared_ptr<MemoryShared> shared, Target target, Recipe recipe)
      : shared_(std::move(shared)), target_(std::move(target)), recipe_(std::move(recipe)) {}

  Result<std::vector<std::optional<JournalRow>>> Rows(
      std::span<const std::string_view> ids) override {
    MutexLock lock(shared_->mutex);
    return ReadRows(shared_->tables, FindTarget(shared_->tables, target_),
                    FindEpoch(shared_->tables, target_, recipe_), ids, 0);
  }
  Result<std::vector<bool>> Paid(std::span<const TextHash> texts) override {
    MutexLock lock(shared_->mutex);
    return ReadPaid(FindEpoch(shared_->tables, target_, recipe_), texts);
  }

 private:
  const std::shared_ptr<MemoryShared> shared_;
  const Target target_;
  const Recipe recipe_;
};

/// Documents that wait for a text, with their place in the order of admission.
using Waiting = std::vector<std::pair<std::uint64_t, std::string>>;

std::vector<ReadyDocument> InOrder(std::vector<std::pair<std::uint64_t, ReadyDocument>> ready) {
  std::sort(ready.begin(), ready.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<ReadyDocument> documents;
  for (auto& [order, document] : ready) documents.push_back(std::move(document));
  return documents;
}

class MemoryJournal final : public Journal {
 public:
  MemoryJournal(std::shared_ptr<MemoryShared> shared, const MemoryPlace& place)
      : shared_(std::move(shared)), place_(place) {}

  const RunIdentity& run() const override { return place_.identity; }

  Result<std::vector<std::optional<JournalRow>>> Rows(
      std::span<const std::string_view> ids) override {
    MutexLock lock(shared_->mutex);
    const std::uint64_t pass = pass_is_on_ ? place_.target->pass : 0;
    return ReadRows(shared_->tables, place_.target, place_.epoch, ids, pass);
  }
  Result<std::vector<bool>> Paid(std::span<const TextHash> texts) override {
    MutexLock lock(shared_->mutex);
    return ReadPaid(place_.epoch, texts);
  }

  Status BeginScan(WorkOrder order) override {
    MutexLock lock(shared_->mutex);
    ++place_.target->pass;
    order_ = order;
    pass_is_on_ = true;
    return {};
  }

  Result<ScanNotes> RecordScan(std::span<const ScanRecord> documents) override {
    MutexLock lock(shared_->mutex);
    ScanNotes notes;
    for (const ScanRecord& document : documents) {
      MemoryRow& row = RowOf(document.id);
      row.pass = place_.target->pass;
      if (place_.with_backup && document.backup) {
        place_.run->backups.try_emplace(std::string(document.id), *document.backup);
      }
      if (document.found == DocumentClass::kUpToDate) {
        NoteUpToDate(row, document, notes);
      } else {
        NoteWork(row, document, OutcomeOf(shared_->tables, row));
      }
      const bool is_work = row.state == DocumentState::kPending || IsEmbeddedFirst(row);
      if (is_work && !place_.with_backup) place_.run->record.with_backup = false;
    }
    return notes;
  }

  Result<ScanEnd> EndScan() override {
    MutexLock lock(shared_->mutex);
    pass_is_on_ = false;
    ScanEnd end;
    for (auto& [id, row] : place_.target->rows) {
      if (row.pass == place_.target->pass || row.state == DocumentState::kDeleted) continue;
      row.state = DocumentState::kDeleted;
      ++end.gone;
      if (OutcomeOf(shared_->tables, row) != DocumentState::kFailed) continue;
      row.outcome = DocumentState::kDeleted;
      end.deleted.push_back(id);
    }
    return end;
  }

  Result<std::uint64_t> PendingCount() override {
    MutexLock lock(shared_->mutex);
    return CountRows(*place_.target).pending;
  }

  Result<std::vector<std::string>> NextPending(std::string_view after, std::size_t max) override {
    MutexLock lock(shared_->mutex);
    std::vector<std::string> ids;
    const auto& rows = place_.target->rows;
    for (auto row = rows.upper_bound(after); row != rows.end() && ids.size() < max; ++row) {
      const bool of_pass = row->second.pass == place_.target->pass;
      if (of_pass && row->second.state == DocumentState::kPending) ids.push_back(row->first);
    }
    return ids;
  }

  Result<std::uint64_t> FailedCount() override {
    MutexLock lock(shared_->mutex);
    return CountRows(*place_.target).failed;
  }

  Result<std::uint64_t> EmbeddedCount() override {
    MutexLock lock(shared_->mutex);
    std::uint64_t count = 0;
    for (const auto& [id, row] : place_.target->rows) {
      if (IsEmbedded(row)) ++count;
    }
    return count;
  }

  Result<std::vector<EmbeddedDocument>> NextEmbedded(std::string_view after,
                                                     std::size_t max) override {
    MutexLock lock(shared_->mutex);
    std::vector<EmbeddedDocument> documents;
    auto& rows = place_.target->rows;
    for (auto at = rows.upper_bound(after); at != rows.end() && documents.size() < max; ++at) {
      auto& [id, row] = *at;
      if (!IsEmbedded(row)) continue;
      const MemoryVector* kept = StoredVector(row);
      if (row.vector && kept == nullptr) {
        row.state = DocumentState::kPending;  // pruned: it is not one that is to have none
        continue;
      }
      EmbeddedDocument document = {.id = id, .vector = {}, .text = row.text, .copy = row.copy};
      if (kept != nullptr) document.vector = kept->vector;
      if (kept != nullptr) document.truncated = kept->truncated;
      documents.push_back(std::move(document));
    }
    return documents;
  }

  Result<std::uint64_t> CopyCount() override {
    MutexLock lock(shared_->mutex);
    const auto& rows = place_.target->rows;
    return static_cast<std::uint64_t>(
        std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row.second.copy; }));
  }

  Result<std::vector<OrphanedCopy>> NextOrphanedCopies(std::string_view after,
                                                       std::size_t max) override {
    MutexLock lock(shared_->mutex);
    std::vector<OrphanedCopy> copies;
    const auto& rows = place_.target->rows;
    for (auto at = rows.upper_bound(after); at != rows.end() && copies.size() < max; ++at) {
      const auto& [id, row] = *at;
      if (row.state == DocumentState::kDeleted && row.copy) copies.push_back({id, *row.copy});
    }
    return copies;
  }

  Result<Admitted> Admit(std::span<const SeenDocument> documents) override {
    MutexLock lock(shared_->mutex);
    Admitted admitted;
    for (std::size_t i = 0; i < documents.size(); ++i) {
      const auto& [id, text] = documents[i];
      MemoryRow& row = RowOf(id);
      SetText(row, text, false);
      if (const auto paid = place_.epoch->vectors.find(text); paid != place_.epoch->vectors.end()) {
        admitted.ready.push_back(MakeReady(std::string(id), row, paid->second));
        continue;
      }
      row.state = DocumentState::kPending;
      const auto [waiting, is_new] = waiting_.try_emplace(text);
      if (is_new) admitted.embed.push_back(i);
      waiting->second.emplace_back(admitted_++, id);
    }
    return admitted;
  }

  Result<std::vector<ReadyDocument>> SaveVectors(std::span<const EmbeddedText> texts) override {
    MutexLock lock(shared_->mutex);
    std::vector<std::pair<std::uint64_t, ReadyDocument>> ready;
    for (const EmbeddedText& text : texts) {
      MemoryVector vector = {text.vector, HashVector(*text.vector), text.truncated,
                             place_.identity.number};
      shared_->tables.hashes.insert(vector.hash);
      // A text has one vector: the first.
      const auto kept = place_.epoch->vectors.try_emplace(text.hash, std::move(vector)).first;
      place_.epoch->hashes[text.hash] = kept->second.hash;
      for (auto& [order, id] : TakeWaiting(text.hash)) {
        MemoryRow& row = RowOf(id);
        // Of another text by now: that one's vector will name it.
        if (row.text != text.hash || row.epoch != place_.epoch) continue;
        ready.emplace_back(order, MakeReady(std::move(id), row, kept->second));
      }
    }
    return InOrder(std::move(ready));
  }

  Result<std::vector<std::string>> GiveUp(const TextHash& hash) override {
    MutexLock lock(shared_->mutex);
    std::vector<std::string> ids;
    for (auto& [order, id] : TakeWaiting(hash)) ids.push_back(std::move(id));
    return ids;
  }

  Result<std::vector<std::optional<DocumentState>>> SaveOutcomes(
      std::span<const DocumentOutcome> outcomes) override {
    MutexLock lock(shared_->mutex);
    std::vector<std::optional<DocumentState>> before;
    for (const DocumentOutcome& outcome : outcomes) {
      MemoryRow& row = RowOf(outcome.id);
      before.push_back(OutcomeOf(shared_->tables, row));
      row.outcome = outcome.state;
      row.session = shared_->tables.session;
      row.state =
          outcome.state == DocumentState::kUpToDate ? DocumentState::kWritten : outcome.state;
      if (outcome.copy_removed) row.copy.reset();
      if (row.state != DocumentState::kWritten) continue;
      row.written = row.vector.has_value();
      if (outcome.copy) row.copy = outcome.copy;
      if (row.vector && outcome.spelling) row.spelling = outcome.spelling;
    }
    return before;
  }

  Status EndRun(WallTime now) override {
    MutexLock lock(shared_->mutex);
    place_.run->record.state = RunState::kEnded;
    place_.run->record.ended = now;
    return {};
  }

 private:
  MemoryRow& RowOf(std::string_view id) REEMBED_REQUIRES(shared_->mutex) {
    auto& rows = place_.target->rows;
    const auto found = rows.find(id);
    return found != rows.end() ? found->second : rows[std::string(id)];
  }

  void SetVector(MemoryRow& row, const std::optional<VectorHash>& vector) const {
    if (!vector || row.vector != vector) {
      row.written = false;
      row.spelling.reset();
    }
    row.vector = vector;
  }

  void SetText(MemoryRow& row, const TextHash& text, bool keeps_vector) const {
    SetVector(row, keeps_vector ? KnownVector(row, text, place_.epoch) : std::nullopt);
    row.text = text;
    row.epoch = place_.epoch;
  }

  // Of the last pass, with a vector of the present recipe or to have none.
  bool IsEmbedded(const MemoryRow& row) const REEMBED_REQUIRES(shared_->mutex) {
    return row.state == DocumentState::kEmbedded && row.pass == place_.target->pass &&
           row.epoch == place_.epoch;
  }

  // Made so by a pass that embeds first, and to be written with a vector.
  bool IsEmbeddedFirst(const MemoryRow& row) const REEMBED_REQUIRES(shared_->mutex) {
    return order_ == WorkOrder::kEmbedFirst && IsEmbedded(row) && row.vector;
  }

  // Embedded when nothing is left to be embedded, pending otherwise.
  void NoteWork(MemoryRow& row, const ScanRecord& document, std::optional<DocumentState> outcome)
      REEMBED_REQUIRES(shared_->mutex) {
    if (order_ == WorkOrder::kEmbedFirst && document.without_vector) {
      SetText(row, document.text, false);
      row.state = DocumentState::kEmbedded;
      return;
    }
    if (!MakePending(row, document, outcome) || order_ != WorkOrder::kEmbedFirst) return;
    const auto paid = place_.epoch->vectors.find(document.text);
    if (paid == place_.epoch->vectors.end()) return;
    SetVector(row, paid->second.hash);
    row.state = DocumentState::kEmbedded;
  }

  // False: it would only end as before.
  bool MakePending(MemoryRow& row, const ScanRecord& document,
                   std::optional<DocumentState> outcome) const {
    const bool has_no_text = document.text == HashText("");
    const bool gave_up =
        outcome == DocumentState::kFailed || (outcome == DocumentState::kSkipped && has_no_text);
    if (gave_up && row.text == document.text) return false;
    const bool has_vector = document.found == DocumentClass::kForeignVector ||
                            document.found == DocumentClass::kWrongLength;
    SetText(row, document.text, has_vector);
    row.state = DocumentState::kPending;
    return true;
  }

  void NoteUpToDate(MemoryRow& row, const ScanRecord& document, ScanNotes& notes)
      REEMBED_REQUIRES(shared_->mutex) {
    const std::optional<DocumentState> outcome = OutcomeOf(shared_->tables, row);
    SetText(row, document.text, true);
    if (row.vector && document.spelling) row.spelling = document.spelling;
    row.state = DocumentState::kWritten;
    row.written = row.vector.has_value();
    if (!outcome) {
      ++notes.newly_up_to_date;
      row.outcome = DocumentState::kUpToDate;
    } else if (outcome == DocumentState::kFailed || outcome == DocumentState::kSkipped) {
      notes.succeeded.emplace_back(document.id, *outcome);
      row.outcome = DocumentState::kWritten;
    }
    row.session = shared_->tables.session;
  }

  ReadyDocument MakeReady(std::string id, MemoryRow& row, const MemoryVector& vector) const {
    row.state = DocumentState::kEmbedded;
    SetVector(row, vector.hash);
    return {.id = std::move(id), .vector = vector.vector, .truncated = vector.truncated};
  }

  Waiting TakeWaiting(const TextHash& hash) REEMBED_REQUIRES(shared_->mutex) {
    auto node = waiting_.extract(hash);
    return node.empty() ? Waiting{} : std::move(node.mapped());
  }

  const std::shared_ptr<MemoryShared> shared_;
  const MemoryPlace place_;  // what it points to is guarded by the mutex
  // The documents whose text is on its way to the provider.
  std::unordered_map<TextHash, Waiting, TextHashHasher> waiting_ REEMBED_GUARDED_BY(shared_->mutex);
  WorkOrder order_ REEMBED_GUARDED_BY(shared_->mutex) = WorkOrder::kWriteAtOnce;
  bool pass_is_on_ REEMBED_GUARDED_BY(shared_->mutex) = false;
  std::uint64_t admitted_ REEMBED_GUARDED_BY(shared_->mutex) = 0;
};

}  // namespace

std::unique_ptr<JournalView> MakeMemoryView(std::shared_ptr<MemoryShared> shared,
                                            const Target& target, const Recipe& recipe) {
  return std::make_unique<MemoryView>(std::move(shared), target, recipe);
}

std::unique_ptr<Journal> MakeMemoryRun(std::shared_ptr<MemoryShared> shared,
                                       const MemoryPlace& place) {
  return std::make_unique<MemoryJournal>(std::move(shared), place);
}

}  // namespace reembed::testing
