#include "run_journal.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "documents.h"
#include "vector_table.h"
#include "work_list.h"

namespace reembed {
namespace {

// A document that waits for a text on its way.
struct Waiting {
  std::uint64_t order = 0;  ///< of admission
  std::string id;
};

// A call of SaveVectors that waits for its turn, or for somebody who saves for it.
struct Save {
  explicit Save(std::span<const EmbeddedText> vectors) : texts(vectors) {}

  std::span<const EmbeddedText> texts;
  bool done = false;
  Status status;
  std::vector<std::pair<std::uint64_t, ReadyDocument>> ready;  ///< with the order of admission
};

// So that one transaction of usual vectors fits into SQLite's cache.
constexpr std::size_t kMostTogether = 8;

std::vector<ReadyDocument> InOrder(std::vector<std::pair<std::uint64_t, ReadyDocument>> ready) {
  std::sort(ready.begin(), ready.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<ReadyDocument> documents;
  documents.reserve(ready.size());
  for (auto& [order, document] : ready) documents.push_back(std::move(document));
  return documents;
}

// Whether the document may get another vector, of a field that was not kept without a backup.
bool WillBeWritten(const DocumentRow& row, WorkOrder order) {
  if (row.state == DocumentState::kPending) return true;
  return order == WorkOrder::kEmbedFirst && row.state == DocumentState::kEmbedded && row.vector;
}

class RunJournal final : public Journal {
 public:
  RunJournal(std::shared_ptr<JournalFile> file, OpenedRun run, bool with_backup)
      : file_(std::move(file)),
        run_(std::move(run)),
        with_backup_(with_backup),
        scope_{run_.target, run_.recipe, file_->session()},
        pass_{run_.pass} {}

  Result<std::vector<std::optional<JournalRow>>> Rows(
      std::span<const std::string_view> ids) override {
    MutexLock lock(mutex_);
    const std::int64_t pass = pass_is_on_ ? pass_.number : 0;
    return file_->Read([&](Database& database) { return ReadRows(database, scope_, ids, pass); });
  }

  Result<std::vector<bool>> Paid(std::span<const TextHash> texts) override {
    return file_->Read(
        [&](Database& database) { return ReadPaid(database, scope_.recipe, texts); });
  }

  const RunIdentity& run() const override { return run_.identity; }

  Status BeginScan(WorkOrder order) override;
  Result<ScanNotes> RecordScan(std::span<const ScanRecord> documents) override;
  Result<ScanEnd> EndScan() override;
  Result<std::uint64_t> PendingCount() override;
  Result<std::vector<std::string>> NextPending(std::string_view after, std::size_t max) override;
  Result<std::uint64_t> FailedCount() override;
  Result<std::uint64_t> EmbeddedCount() override;
  Result<std::vector<EmbeddedDocument>> NextEmbedded(std::string_view after,
                                                     std::size_t max) override;
  Result<std::uint64_t> CopyCount() override;
  Result<std::vector<OrphanedCopy>> NextOrphanedCopies(std::string_view after,
                                                       std::size_t max) override;
  Result<Admitted> Admit(std::span<const SeenDocument> documents) override;
  Result<std::vector<ReadyDocument>> SaveVectors(std::span<const EmbeddedText> texts) override;
  Result<std::vector<std::string>> GiveUp(const TextHash& hash) override;
  Result<std::vector<std::optional<DocumentState>>> SaveOutcomes(
      std::span<const DocumentOutcome> outcomes) override;
  Status EndRun(WallTime now) override;

 private:
  Result<std::uint64_t> Count(DocumentState state);

  using WaitingTexts = std::unordered_map<TextHash, std::vector<Waiting>, TextHashHasher>;

  // Sets the row of a document that a scan showed.
  static DocumentRow NoteSeen(DocumentTable& table, VectorTable& vectors, const ScanRecord& seen,
                              const DocumentScope& scope, const ScanPass& pass, ScanNotes& notes);
  // Sets the row of a document that was admitted: its text, and the vector that is kept for it.
  void NoteAdmitted(DocumentTable& documents, const SeenDocument& seen,
                    const std::optional<KnownVector>& vector, std::int64_t pass) const;
  // Who waits next, some of them: they are done, one way or the other, when the caller lets go of
  // the lock.
  std::vector<Save*> NextSaves() REEMBED_REQUIRES(mutex_);
  // Saves for them, in one transaction.
  void SaveTogether() REEMBED_REQUIRES(mutex_);
  // Adds to `ready` who waited for `text`.
  void Release(DocumentTable& documents, const TextHash& text, const KeptVector& kept,
               std::vector<std::pair<std::uint64_t, ReadyDocument>>& ready)
      REEMBED_REQUIRES(mutex_);

  const std::shared_ptr<JournalFile> file_;
  const OpenedRun run_;
  const bool with_backup_;
  const DocumentScope scope_;
  Mutex mutex_;                               // taken before the file's
  ScanPass pass_ REEMBED_GUARDED_BY(mutex_);  // the last that was begun
  bool pass_is_on_ REEMBED_GUARDED_BY(mutex_) = false;
  std::uint64_t admitted_ REEMBED_GUARDED_BY(mutex_) = 0;
  // Holds what the pages in flight hold, whatever the size of the collection.
  WaitingTexts waiting_ REEMBED_GUARDED_BY(mutex_);
  Mutex saves_mutex_;  // taken after the other
  std::vector<Save*> saves_ REEMBED_GUARDED_BY(saves_mutex_);
};

Status RunJournal::BeginScan(WorkOrder order) {
  MutexLock lock(mutex_);
  const Result<std::int64_t> pass = file_->Write([&](Database& database) {
    Statement next(database, "UPDATE targets SET pass = pass + 1 WHERE id=? RETURNING pass");
    return next.Bind(scope_.target).Step() ? next.Int(0) : 0;
  });
  if (!pass.ok()) return pass.error();
  pass_ = {*pass, order};
  pass_is_on_ = true;
  return {};
}

DocumentRow RunJournal::NoteSeen(DocumentTable& table, VectorTable& vectors, const ScanRecord& seen,
                                 const DocumentScope& scope, const ScanPass& pass,
                                 ScanNotes& notes) {
  const std::optional<DocumentRow> old = table.Find(seen.id);
  const auto known = KnownToScan(old, seen, scope, pass.order, vectors);
  DocumentRow row = AfterScan(old, seen, known, scope, pass);
  if (old != row) table.Put(seen.id, row);
  if (seen.found == DocumentClass::kUpToDate) {
    const std::optional<DocumentState> outcome = OutcomeOf(old, scope.session);
    if (!outcome) ++notes.newly_up_to_date;
    if (IsCorrected(outcome)) notes.succeeded.emplace_back(seen.id, *outcome);
  }
  return row;
}

Result<ScanNotes> RunJournal::RecordScan(std::span<const ScanRecord> documents) {
  MutexLock lock(mutex_);
  const ScanPass pass = pass_;
  return file_->Write([&](Database& database) {
    DocumentTable table(database, scope_.target);
    VectorTable vectors(database, scope_.recipe);
    Statement keep(database, "INSERT OR IGNORE INTO backups(run, id, kind, blob) VALUES(?,?,?,?)");
    ScanNotes notes;
    bool to_be_written = false;
    for (const ScanRecord& seen : documents) {
      const DocumentRow row = NoteSeen(table, vectors, seen, scope_, pass, notes);
      to_be_written = to_be_written || WillBeWritten(row, pass.order);
      if (!with_backup_ || !seen.backup) continue;
      keep.Bind(run_.identity.number, seen.id, seen.backup->kind,
                Statement::Bytes{seen.backup->blob})
          .Run();
    }
    if (to_be_written && !with_backup_) NoteWithoutBackup(database, run_.identity.number);
    return notes;
  });
}

Result<ScanEnd> RunJournal::EndScan() {
  MutexLock lock(mutex_);
  const std::int64_t pass = pass_.number;
  Result<ScanEnd> end =
      file_->Write([&](Database& database) { return MarkGone(database, scope_, pass); });
  if (end.ok()) pass_is_on_ = false;
  return end;
}

Result<std::uint64_t> RunJournal::PendingCount() {
  return Count(DocumentState::kPending);
}

Result<std::uint64_t> RunJournal::FailedCount() {
  return Count(DocumentState::kFailed);
}

Result<std::uint64_t> RunJournal::Count(DocumentState state) {
  MutexLock lock(mutex_);
  const std::int64_t pass = pass_.number;
  return file_->Read(
      [&](Database& database) { return CountInState(database, scope_, pass, state); });
}

Result<std::vector<std::string>> RunJournal::NextPending(std::string_view after, std::size_t max) {
  MutexLock lock(mutex_);
  const std::int64_t pass = pass_.number;
  return file_->Read(
      [&](Database& database) { return ReadPending(database, scope_, pass, after, max); });
}

Result<std::uint64_t> RunJournal::EmbeddedCount() {
  MutexLock lock(mutex_);
  const std::int64_t pass = pass_.number;
  return file_->Read([&](Database& database) { return CountEmbedded(database, scope_, pass); });
}

Result<std::vector<EmbeddedDocument>> RunJournal::NextEmbedded(std::string_view after,
                                                               std::size_t max) {
  MutexLock lock(mutex_);
  const std::int64_t pass = pass_.number;
  Result<EmbeddedPage> page = file_->Read(
      [&](Database& database) { return ReadEmbedded(database, scope_, pass, after, max); });
  if (!page.ok()) return page.error();
  if (!page->lost.empty()) {
    const Status marked =
        file_->Write([&](Database& database) { MarkLost(database, scope_, page->lost); });
    if (!marked.ok()) return marked.error();
  }
  return std::move(page->documents);
}

Result<std::uint64_t> RunJournal::CopyCount() {
  return file_->Read([&](Database& database) { return CountCopies(database, scope_.target); });
}

Result<std::vector<OrphanedCopy>> RunJournal::NextOrphanedCopies(std::string_view after,
                                                                 std::size_t max) {
  return file_->Read(
      [&](Database& database) { return ReadOrphanedCopies(database, scope_.target, after, max); });
}

Result<Admitted> RunJournal::Admit(std::span<const SeenDocument> documents) {
  MutexLock lock(mutex_);
  const std::int64_t pass = pass_.number;
  // On their way only once the rows say so.
  WaitingTexts waiting;
  std::uint64_t order = admitted_;
  const WaitingTexts* earlier = &waiting_;  // the lock is held throughout
  Result<Admitted> admitted = file_->Write([&](Database& database) {
    DocumentTable table(database, scope_.target);
    VectorTable vectors(database, scope_.recipe);
    Admitted answer;
    for (std::size_t i = 0; i < documents.size(); ++i) {
      const SeenDocument& seen = documents[i];
      if (const std::optional<KeptVector> kept = vectors.Find(seen.hash)) {
        NoteAdmitted(table, seen, KnownVector{kept->hash, kept->truncated}, pass);
        answer.ready.push_back({std::string(seen.id), kept->vector, kept->truncated});
        continue;
      }
      NoteAdmitted(table, seen, std::nullopt, pass);
      if (!earlier->contains(seen.hash) && !waiting.contains(seen.hash)) answer.embed.push_back(i);
      waiting[seen.hash].push_back({order++, std::string(seen.id)});
    }
    return answer;
  });
  if (!admitted.ok()) return admitted;
  admitted_ = order;
  for (auto& [text, ids] : waiting) {
    std::vector<Waiting>& all = waiting_[text];
    std::move(ids.begin(), ids.end(), std::back_inserter(all));
  }
  return admitted;
}

void RunJournal::NoteAdmitted(DocumentTable& documents, const SeenDocument& seen,
                              const std::optional<KnownVector>& vector, std::int64_t pass) const {
  const std::optional<DocumentRow> old = documents.Find(seen.id);
  DocumentRow row = old.value_or(DocumentRow{});
  if (!old) row.pass = pass;
  row.recipe = scope_.recipe;
  row.text = seen.hash;
  SetVector(row, vector);
  row.state = vector ? DocumentState::kEmbedded : DocumentState::kPending;
  if (old != row) documents.Put(seen.id, row);
}

// Answers come in crowds, and each worker waits for the disk before it asks for more: whoever comes
// first saves for all who wait.
Result<std::vector<ReadyDocument>> RunJournal::SaveVectors(std::span<const EmbeddedText> texts) {
  Save mine(texts);
  {
    MutexLock lock(saves_mutex_);
    saves_.push_back(&mine);
  }
  MutexLock lock(mutex_);
  while (!mine.done) SaveTogether();
  if (!mine.status.ok()) return mine.status.error();
  return InOrder(std::move(mine.ready));
}

std::vector<Save*> RunJournal::NextSaves() {
  MutexLock lock(saves_mutex_);
  const auto end =
      saves_.begin() + static_cast<std::ptrdiff_t>(std::min(saves_.size(), kMostTogether));
  std::vector<Save*> next(saves_.begin(), end);
  for (Save* const save : next) {
    // Until it is saved.
    save->status = Error{.kind = ErrorKind::kLocal, .message = "vectors were not saved"};
    save->done = true;
  }
  saves_.erase(saves_.begin(), end);
  return next;
}

void RunJournal::SaveTogether() {
  const std::vector<Save*> saves = NextSaves();
  std::unordered_set<TextHash, TextHashHasher> saved;
  const Status status = file_->Write([&](Database& database) REEMBED_REQUIRES(mutex_) {
    DocumentTable table(database, scope_.target);
    VectorTable vectors(database, scope_.recipe);
    for (Save* const save : saves) {
      for (const EmbeddedText& text : save->texts) {
        const KeptVector kept = vectors.Save(text);
        if (saved.insert(text.hash).second) Release(table, text.hash, kept, save->ready);
      }
    }
    Statement note(database, "UPDATE recipes SET holds_vectors=1 WHERE id=? AND holds_vectors=0");
    note.Bind(scope_.recipe).Run();
  });
  if (status.ok()) {
    for (const TextHash& text : saved) waiting_.erase(text);
  }
  for (Save* const save : saves) save->status = status;
}

void RunJournal::Release(DocumentTable& documents, const TextHash& text, const KeptVector& kept,
                         std::vector<std::pair<std::uint64_t, ReadyDocument>>& ready) {
  const auto found = waiting_.find(text);
  if (found == waiting_.end()) return;
  for (const Waiting& waiting : found->second) {
    std::optional<DocumentRow> row = documents.Find(waiting.id);
    // Its text is another one by now: that one's vector will name it.
    if (!row || row->text != text || row->recipe != scope_.recipe) continue;
    row->vector = kept.hash;
    row->truncated = kept.truncated;
    row->state = DocumentState::kEmbedded;
    documents.Put(waiting.id, *row);
    ready.emplace_back(waiting.order, ReadyDocument{waiting.id, kept.vector, kept.truncated});
  }
}

Result<std::vector<std::string>> RunJournal::GiveUp(const TextHash& hash) {
  MutexLock lock(mutex_);
  std::vector<std::string> ids;
  auto node = waiting_.extract(hash);
  if (node.empty()) return ids;
  for (Waiting& waiting : node.mapped()) ids.push_back(std::move(waiting.id));
  return ids;
}

Result<std::vector<std::optional<DocumentState>>> RunJournal::SaveOutcomes(
    std::span<const DocumentOutcome> outcomes) {
  MutexLock lock(mutex_);
  const std::int64_t pass = pass_.number;
  return file_->Write([&](Database& database) {
    DocumentTable table(database, scope_.target);
    std::vector<std::optional<DocumentState>> before;
    before.reserve(outcomes.size());
    for (const DocumentOutcome& outcome : outcomes) {
      const std::optional<DocumentRow> old = table.Find(outcome.id);
      before.push_back(OutcomeOf(old, scope_.session));
      table.Put(outcome.id, AfterOutcome(old, outcome, scope_, pass));
    }
    return before;
  });
}

Status RunJournal::EndRun(WallTime now) {
  return file_->Write([&](Database& database) { EndRunRow(database, run_.identity.number, now); });
}

}  // namespace

std::unique_ptr<Journal> MakeRunJournal(std::shared_ptr<JournalFile> file, OpenedRun run,
                                        bool with_backup) {
  return std::make_unique<RunJournal>(std::move(file), std::move(run), with_backup);
}

}  // namespace reembed
