#include "journal_store.h"

#include <string>
#include <utility>

#include "cutovers.h"
#include "documents.h"
#include "prune.h"
#include "restore.h"
#include "run_journal.h"
#include "runs.h"
#include "vector_table.h"

namespace reembed {
namespace {

class PlainView final : public JournalView {
 public:
  PlainView(std::shared_ptr<JournalFile> file, DocumentScope scope)
      : file_(std::move(file)), scope_(scope) {}

  Result<std::vector<std::optional<JournalRow>>> Rows(
      std::span<const std::string_view> ids) override {
    return file_->Read([&](Database& database) { return ReadRows(database, scope_, ids, 0); });
  }

  Result<std::vector<bool>> Paid(std::span<const TextHash> texts) override {
    return file_->Read(
        [&](Database& database) { return ReadPaid(database, scope_.recipe, texts); });
  }

 private:
  const std::shared_ptr<JournalFile> file_;
  const DocumentScope scope_;
};

class Store final : public JournalStore {
 public:
  explicit Store(std::shared_ptr<JournalFile> file) : file_(std::move(file)) {}

  Result<std::unique_ptr<Journal>> OpenRun(const RunSpec& spec) override {
    const std::string session_run = SessionRun(spec.now);
    Result<OpenedRun> run = file_->Write([&](Database& database) {
      OpenedRun opened = OpenRunRow(database, spec, file_->session(), session_run);
      ForgetRestore(database, FindTarget(database, spec.target));
      return opened;
    });
    if (!run.ok()) return run.error();
    return MakeRunJournal(file_, *std::move(run), spec.backup);
  }

  Result<std::unique_ptr<JournalView>> View(const Target& target, const Recipe& recipe) override {
    const Result<DocumentScope> scope = file_->Read([&](Database& database) {
      DocumentScope found{FindTarget(database, target), 0, file_->session()};
      found.recipe = FindRecipe(database, found.target, ToText(recipe), {});
      return found;
    });
    if (!scope.ok()) return scope.error();
    return std::unique_ptr<JournalView>(std::make_unique<PlainView>(file_, *scope));
  }

  Result<std::vector<RunRecord>> Runs() override { return file_->Read(ReadRuns); }

  Result<TargetCounts> CountsOf(const Target& target) override {
    return file_->Read(
        [&](Database& database) { return CountDocuments(database, FindTarget(database, target)); });
  }

  Result<std::vector<Cutover>> Cutovers() override { return file_->Read(ReadCutovers); }

  Status SaveCutover(Cutover& cutover) override {
    const Result<std::int64_t> number =
        file_->Write([&](Database& database) { return PutCutover(database, cutover); });
    if (!number.ok()) return number.error();
    cutover.number = *number;
    return {};
  }

  Result<std::uint64_t> SizeOnDisk() override { return file_->SizeOnDisk(); }

  Result<std::vector<std::optional<FieldBackup>>> FirstBackups(
      const Target&, std::span<const std::int64_t> runs,
      std::span<const std::string_view> ids) override {
    return file_->Read([&](Database& database) { return ReadFirstBackups(database, runs, ids); });
  }

  Result<std::vector<bool>> AreOurs(std::span<const VectorHash> vectors) override {
    return file_->Read([&](Database& database) { return WereKept(database, vectors); });
  }

  Status BeginRestore(const Target& target) override {
    return file_->Write(
        [&](Database& database) { ForgetRestore(database, FindTarget(database, target)); });
  }

  Status NoteToRestore(const Target& target, std::span<const std::string_view> ids) override {
    return file_->Write(
        [&](Database& database) { NoteRestore(database, FindOrAddTarget(database, target), ids); });
  }

  Result<std::vector<RestorableDocument>> NextToRestore(const Target& target,
                                                        std::span<const std::int64_t> runs,
                                                        std::string_view after,
                                                        std::size_t max) override {
    return file_->Read([&](Database& database) {
      return ReadRestore(database, FindTarget(database, target), runs, after, max);
    });
  }

  Status SaveRestored(const Target& target, std::span<const std::string_view> ids) override {
    return file_->Write(
        [&](Database& database) { MarkRestored(database, FindTarget(database, target), ids); });
  }

  Status EndRestore(const Target& target, std::span<const std::int64_t> runs,
                    WallTime now) override {
    return file_->Write([&](Database& database) {
      ForgetRestore(database, FindTarget(database, target));
      MarkRolledBack(database, runs, now);
    });
  }

  Result<Pruned> Prune(WallTime before) override { return PruneJournal(*file_, before); }

 private:
  // The collections of one session share the id of their runs.
  std::string SessionRun(WallTime now) {
    MutexLock lock(mutex_);
    if (session_run_.empty()) session_run_ = RunId(now, file_->session());
    return session_run_;
  }

  const std::shared_ptr<JournalFile> file_;
  Mutex mutex_;
  std::string session_run_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<JournalStore> MakeJournalStore(std::shared_ptr<JournalFile> file) {
  return std::make_unique<Store>(std::move(file));
}

}  // namespace reembed
