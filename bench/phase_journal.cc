#include "phase_journal.h"

#include <utility>

#include "measure.h"
#include "tests/support/memory_journal.h"

namespace reembed::bench {
namespace {

template <typename T>
using Pages = Result<std::vector<T>>;

class PhaseJournal final : public Journal {
 public:
  PhaseJournal(std::unique_ptr<Journal> inner, Phase& phase)
      : inner_(std::move(inner)), phase_(phase) {}

  const RunIdentity& run() const override { return inner_->run(); }

  Status BeginScan(WorkOrder order) override {
    if (phase_.wall_begin > 0 && phase_.wall_end <= 0) {
      phase_.cpu_end = ProcessSeconds();
      phase_.wall_end = WallSeconds();
    }
    return inner_->BeginScan(order);
  }

  Pages<std::string> NextPending(std::string_view after, std::size_t max) override {
    if (phase_.wall_begin <= 0) {
      phase_.cpu_begin = ProcessSeconds();
      phase_.wall_begin = WallSeconds();
    }
    return inner_->NextPending(after, max);
  }

  Pages<std::optional<JournalRow>> Rows(std::span<const std::string_view> ids) override {
    return inner_->Rows(ids);
  }
  Pages<bool> Paid(std::span<const TextHash> texts) override { return inner_->Paid(texts); }
  Result<ScanNotes> RecordScan(std::span<const ScanRecord> documents) override {
    return inner_->RecordScan(documents);
  }
  Result<ScanEnd> EndScan() override { return inner_->EndScan(); }
  Result<std::uint64_t> PendingCount() override { return inner_->PendingCount(); }
  Result<std::uint64_t> FailedCount() override { return inner_->FailedCount(); }
  Result<std::uint64_t> EmbeddedCount() override { return inner_->EmbeddedCount(); }
  Pages<EmbeddedDocument> NextEmbedded(std::string_view after, std::size_t max) override {
    return inner_->NextEmbedded(after, max);
  }
  Result<std::uint64_t> CopyCount() override { return inner_->CopyCount(); }
  Pages<OrphanedCopy> NextOrphanedCopies(std::string_view after, std::size_t max) override {
    return inner_->NextOrphanedCopies(after, max);
  }
  Result<Admitted> Admit(std::span<const SeenDocument> documents) override {
    return inner_->Admit(documents);
  }
  Pages<ReadyDocument> SaveVectors(std::span<const EmbeddedText> texts) override {
    return inner_->SaveVectors(texts);
  }
  Pages<std::string> GiveUp(const TextHash& hash) override { return inner_->GiveUp(hash); }
  Pages<std::optional<DocumentState>> SaveOutcomes(
      std::span<const DocumentOutcome> outcomes) override {
    return inner_->SaveOutcomes(outcomes);
  }
  Status EndRun(WallTime now) override { return inner_->EndRun(now); }

 private:
  const std::unique_ptr<Journal> inner_;
  Phase& phase_;
};

class PhaseStore final : public JournalStore {
 public:
  explicit PhaseStore(Phase& phase) : inner_(testing::MakeMemoryJournal()), phase_(phase) {}

  Result<std::unique_ptr<Journal>> OpenRun(const RunSpec& spec) override {
    auto run = inner_->OpenRun(spec);
    if (!run.ok()) return run.error();
    return std::unique_ptr<Journal>(std::make_unique<PhaseJournal>(*std::move(run), phase_));
  }

  Result<std::unique_ptr<JournalView>> View(const Target& target, const Recipe& recipe) override {
    return inner_->View(target, recipe);
  }
  Pages<RunRecord> Runs() override { return inner_->Runs(); }
  Result<TargetCounts> CountsOf(const Target& target) override { return inner_->CountsOf(target); }
  Pages<Cutover> Cutovers() override { return inner_->Cutovers(); }
  Status SaveCutover(Cutover& cutover) override { return inner_->SaveCutover(cutover); }
  Result<std::uint64_t> SizeOnDisk() override { return inner_->SizeOnDisk(); }
  Pages<std::optional<FieldBackup>> FirstBackups(const Target& target,
                                                 std::span<const std::int64_t> runs,
                                                 std::span<const std::string_view> ids) override {
    return inner_->FirstBackups(target, runs, ids);
  }
  Pages<bool> AreOurs(std::span<const VectorHash> vectors) override {
    return inner_->AreOurs(vectors);
  }
  Status BeginRestore(const Target& target) override { return inner_->BeginRestore(target); }
  Status NoteToRestore(const Target& target, std::span<const std::string_view> ids) override {
    return inner_->NoteToRestore(target, ids);
  }
  Pages<RestorableDocument> NextToRestore(const Target& target, std::span<const std::int64_t> runs,
                                          std::string_view after, std::size_t max) override {
    return inner_->NextToRestore(target, runs, after, max);
  }
  Status SaveRestored(const Target& target, std::span<const std::string_view> ids) override {
    return inner_->SaveRestored(target, ids);
  }
  Status EndRestore(const Target& target, std::span<const std::int64_t> runs,
                    WallTime now) override {
    return inner_->EndRestore(target, runs, now);
  }
  Result<Pruned> Prune(WallTime before) override { return inner_->Prune(before); }

 private:
  const std::unique_ptr<JournalStore> inner_;
  Phase& phase_;
};

}  // namespace

std::unique_ptr<JournalStore> MakePhaseJournal(Phase& phase) {
  return std::make_unique<PhaseStore>(phase);
}

}  // namespace reembed::bench
