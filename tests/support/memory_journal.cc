#include "tests/support/memory_journal.h"

#include <string>

#include "reembed/base/mutex.h"
#include "tests/support/memory_run.h"
#include "tests/support/memory_tables.h"

namespace reembed::testing {
namespace {

class MemoryStore final : public JournalStore {
 public:
  void BeginSession() {
    MutexLock lock(shared_->mutex);
    ++shared_->tables.session;
    shared_->tables.session_run.clear();
  }

  Result<std::unique_ptr<Journal>> OpenRun(const RunSpec& spec) override {
    MutexLock lock(shared_->mutex);
    const MemoryPlace place = testing::OpenRun(shared_->tables, spec);
    place.target->to_restore.clear();
    return MakeMemoryRun(shared_, place);
  }
  Result<std::unique_ptr<JournalView>> View(const Target& target, const Recipe& recipe) override {
    return MakeMemoryView(shared_, target, recipe);
  }

  Result<std::vector<RunRecord>> Runs() override {
    MutexLock lock(shared_->mutex);
    std::vector<RunRecord> records;
    for (const MemoryRun& run : shared_->tables.runs) {
      records.push_back(run.record);
      records.back().backups = run.backups.size();
    }
    return records;
  }
  Result<TargetCounts> CountsOf(const Target& target) override {
    MutexLock lock(shared_->mutex);
    const MemoryTarget* known = FindTarget(shared_->tables, target);
    return known == nullptr ? TargetCounts{} : CountRows(*known);
  }
  Result<std::vector<Cutover>> Cutovers() override {
    MutexLock lock(shared_->mutex);
    return shared_->tables.cutovers;
  }
  Status SaveCutover(Cutover& cutover) override {
    MutexLock lock(shared_->mutex);
    std::vector<Cutover>& all = shared_->tables.cutovers;
    if (cutover.number == 0) {
      cutover.number = static_cast<std::int64_t>(all.size()) + 1;
      all.push_back(cutover);
    } else {
      all.at(static_cast<std::size_t>(cutover.number - 1)) = cutover;
    }
    return {};
  }
  Result<std::uint64_t> SizeOnDisk() override { return 0; }

  Result<std::vector<std::optional<FieldBackup>>> FirstBackups(
      const Target&, std::span<const std::int64_t> runs,
      std::span<const std::string_view> ids) override {
    MutexLock lock(shared_->mutex);
    std::vector<std::optional<FieldBackup>> backups;
    for (const std::string_view id : ids) {
      const FieldBackup* backup = FirstBackup(shared_->tables, runs, id);
      backups.push_back(backup == nullptr ? std::nullopt : std::optional(*backup));
    }
    return backups;
  }
  Result<std::vector<bool>> AreOurs(std::span<const VectorHash> vectors) override {
    MutexLock lock(shared_->mutex);
    std::vector<bool> ours;
    for (const VectorHash& hash : vectors) ours.push_back(shared_->tables.hashes.contains(hash));
    return ours;
  }

  Status BeginRestore(const Target& target) override {
    MutexLock lock(shared_->mutex);
    if (MemoryTarget* known = Known(target)) known->to_restore.clear();
    return {};
  }
  Status NoteToRestore(const Target& target, std::span<const std::string_view> ids) override {
    MutexLock lock(shared_->mutex);
    if (MemoryTarget* known = Known(target)) known->to_restore.insert(ids.begin(), ids.end());
    return {};
  }
  Result<std::vector<RestorableDocument>> NextToRestore(const Target& target,
                                                        std::span<const std::int64_t> runs,
                                                        std::string_view after,
                                                        std::size_t max) override {
    MutexLock lock(shared_->mutex);
    std::vector<RestorableDocument> documents;
    const MemoryTarget* known = Known(target);
    if (known == nullptr) return documents;
    const auto& noted = known->to_restore;
    for (auto id = noted.upper_bound(after); id != noted.end() && documents.size() < max; ++id) {
      const FieldBackup* backup = FirstBackup(shared_->tables, runs, *id);
      if (backup != nullptr) documents.push_back({.id = *id, .backup = *backup});
    }
    return documents;
  }
  Status SaveRestored(const Target& target, std::span<const std::string_view> ids) override {
    MutexLock lock(shared_->mutex);
    MemoryTarget* known = Known(target);
    for (const std::string_view id : ids) {
      if (known == nullptr) break;
      const auto row = known->rows.find(id);
      if (row != known->rows.end()) {
        // One without a vector has to be embedded.
        const bool has_vector = row->second.vector.has_value();
        row->second.state = has_vector ? DocumentState::kEmbedded : DocumentState::kPending;
        row->second.written = false;
      }
      const auto noted = known->to_restore.find(id);
      if (noted != known->to_restore.end()) known->to_restore.erase(noted);
    }
    return {};
  }
  Status EndRestore(const Target& target, std::span<const std::int64_t> runs,
                    WallTime now) override {
    MutexLock lock(shared_->mutex);
    if (MemoryTarget* known = Known(target)) known->to_restore.clear();
    for (const std::int64_t number : runs) {
      RunRecord& run = shared_->tables.runs.at(static_cast<std::size_t>(number - 1)).record;
      run.state = RunState::kRolledBack;
      if (!run.ended) run.ended = now;
    }
    return {};
  }

  Result<Pruned> Prune(WallTime before) override {
    MutexLock lock(shared_->mutex);
    return testing::Prune(shared_->tables, before);
  }

 private:
  MemoryTarget* Known(const Target& target) REEMBED_REQUIRES(shared_->mutex) {
    for (MemoryTarget& known : shared_->tables.targets) {
      if (known.target == target) return &known;
    }
    return nullptr;
  }

  const std::shared_ptr<MemoryShared> shared_ = std::make_shared<MemoryShared>();
};

}  // namespace

std::unique_ptr<JournalStore> MakeMemoryJournal() {
  return std::make_unique<MemoryStore>();
}

void BeginSession(JournalStore& store) {
  dynamic_cast<MemoryStore&>(store).BeginSession();
}

}  // namespace reembed::testing
