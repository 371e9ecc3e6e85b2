#pragma once

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "reembed/core/stored_field.h"
#include "run_fixture.h"
#include "src/app/rollback.h"

namespace reembed::testing {

/// Shows documents with all their fields.
class ExportingLookup final : public DocumentLookup {
 public:
  ExportingLookup(FakeStore& store, const std::string& collection)
      : store_(store), collection_(store.collections.at(collection)) {}
  Result<std::vector<FoundDocument>> Find(std::span<const std::string> ids,
                                          const StopTokens& stop) override {
    if (stop.drain.stop_requested()) {
      return Error{.kind = ErrorKind::kInterrupted, .message = "stopped"};
    }
    if (store_.on_lookup) store_.on_lookup(++lookups_);
    std::vector<FoundDocument> answers;
    for (const std::string& id : ids) {
      FoundDocument answer{LookupState::kGone, {id, ""}};
      for (const Document& document : collection_.documents) {
        if (document.id == id) {
          answer = {LookupState::kFound, collection_.Exported(document)};
        }
      }
      answers.push_back(std::move(answer));
    }
    return answers;
  }

 private:
  FakeStore& store_;
  const FakeCollection& collection_;
  std::size_t lookups_ = 0;
};

/// Reads what the fake store would export, and can lie.
class ExportingReader final : public StoreReader {
 public:
  explicit ExportingReader(FakeStore& store) : store_(store) {}
  bool lies = false;  ///< ReadVector shows another vector than is stored

  Result<CollectionSchema> Describe(const std::string& name, const StopTokens& stop) override {
    ++described;
    return store_.Describe(name, stop);
  }
  Result<std::vector<Alias>> Aliases(const StopTokens& stop) override {
    return store_.Aliases(stop);
  }
  Result<std::uint64_t> Count(const std::string& collection, const std::string& filter_by,
                              const StopTokens& stop) override {
    return store_.Count(collection, filter_by, stop);
  }
  Result<Embedding> ReadVector(const std::string& collection, const std::string& field,
                               const std::string& id, const StopTokens&) override {
    StoredField stored;
    const std::string json = store_.collections.at(collection).Exported({id, "{\"id\":0}"}).json;
    if (auto read = ReadStoredField(json, field, false, stored); !read.ok()) return read.error();
    if (stored.kind != FieldKind::kVector) stored.vector.clear();
    if (lies) stored.vector.push_back(1);
    return stored.vector;
  }
  Result<std::vector<CollectionSchema>> Collections(const StopTokens& stop) override {
    return store_.Collections(stop);
  }
  std::vector<Result<std::uint64_t>> CountOnNodes(const std::string& name,
                                                  const StopTokens& stop) override {
    return store_.CountOnNodes(name, stop);
  }
  std::vector<Result<std::uint64_t>> PendingOnNodes(const StopTokens& stop) override {
    return store_.PendingOnNodes(stop);
  }
  Result<std::uint64_t> PendingWrites(const StopTokens& stop) override {
    return store_.PendingWrites(stop);
  }
  Result<std::vector<std::string>> FindNearest(const NearestQuery& query,
                                               const StopTokens& stop) override {
    return store_.FindNearest(query, stop);
  }
  std::vector<NodeStatus> Nodes(const StopTokens& stop) override { return store_.Nodes(stop); }
  std::unique_ptr<DocumentFetcher> MakeFetcher(FetchSpec spec) override {
    return store_.MakeFetcher(std::move(spec));
  }
  std::unique_ptr<DocumentLookup> MakeLookup(FetchSpec spec) override {
    return std::make_unique<ExportingLookup>(store_, spec.collection);
  }
  std::unique_ptr<DocumentScan> MakeScan(FetchSpec spec) override {
    return store_.MakeScan(std::move(spec));
  }

  int described = 0;

 private:
  FakeStore& store_;
};

/// A journal that hands everything on until it is told to fail: as one that is open for reading
/// only, or as a disk that is full when restored documents are to be recorded.
class FailingJournal final : public JournalStore {
 public:
  explicit FailingJournal(JournalStore& journal) : journal_(journal) {}
  bool read_only = false;
  bool disk_full = false;
  std::size_t cutovers_saved = 0;
  std::size_t fail_save = 0;  ///< the n-th cutover, from 1, is not saved
  std::size_t fail_end = 0;   ///< so many EndRestore fail
  std::string damaged;        ///< id of a document whose backup cannot be read any more

  Result<std::unique_ptr<Journal>> OpenRun(const RunSpec& spec) override {
    return journal_.OpenRun(spec);
  }
  Result<std::unique_ptr<JournalView>> View(const Target& target, const Recipe& recipe) override {
    return journal_.View(target, recipe);
  }
  Result<std::vector<RunRecord>> Runs() override { return journal_.Runs(); }
  Result<TargetCounts> CountsOf(const Target& target) override { return journal_.CountsOf(target); }
  Result<std::vector<Cutover>> Cutovers() override { return journal_.Cutovers(); }
  Status SaveCutover(Cutover& cutover) override {
    ++cutovers_saved;
    if (cutovers_saved == fail_save) {
      return Error{.kind = ErrorKind::kLocal, .message = "the disk is full"};
    }
    return read_only ? Refused() : journal_.SaveCutover(cutover);
  }
  Result<std::uint64_t> SizeOnDisk() override { return journal_.SizeOnDisk(); }
  Result<std::vector<std::optional<FieldBackup>>> FirstBackups(
      const Target& target, std::span<const std::int64_t> runs,
      std::span<const std::string_view> ids) override {
    return journal_.FirstBackups(target, runs, ids);
  }
  Result<std::vector<bool>> AreOurs(std::span<const VectorHash> vectors) override {
    return journal_.AreOurs(vectors);
  }
  Status BeginRestore(const Target& target) override {
    return read_only ? Refused() : journal_.BeginRestore(target);
  }
  Status NoteToRestore(const Target& target, std::span<const std::string_view> ids) override {
    return read_only ? Refused() : journal_.NoteToRestore(target, ids);
  }
  Result<std::vector<RestorableDocument>> NextToRestore(const Target& target,
                                                        std::span<const std::int64_t> runs,
                                                        std::string_view after,
                                                        std::size_t max) override {
    auto page = journal_.NextToRestore(target, runs, after, max);
    if (!page.ok()) return page;
    for (RestorableDocument& document : *page) {
      if (document.id == damaged) document.backup = {BackupKind::kFloat32, "xyz"};
    }
    return page;
  }
  Status SaveRestored(const Target& target, std::span<const std::string_view> ids) override {
    if (disk_full) return Error{.kind = ErrorKind::kLocal, .message = "the disk is full"};
    return read_only ? Refused() : journal_.SaveRestored(target, ids);
  }
  Status EndRestore(const Target& target, std::span<const std::int64_t> runs,
                    WallTime now) override {
    if (fail_end > 0) {
      --fail_end;
      return Error{.kind = ErrorKind::kLocal, .message = "the disk is full"};
    }
    return read_only ? Refused() : journal_.EndRestore(target, runs, now);
  }
  Result<Pruned> Prune(WallTime before) override {
    if (read_only) return Refused();
    return journal_.Prune(before);
  }

 private:
  static Error Refused() {
    return {.kind = ErrorKind::kRefused, .message = "open for reading only"};
  }
  JournalStore& journal_;
};

/// The vector that `model` computes for a document.
inline Embedding NewVector(const std::string& model, const std::string& id) {
  return {static_cast<float>(model.back()) / 4, static_cast<float>(std::stoi(id)) + 0.5F};
}

/// How a migration is done before it is rolled back.
struct Migrated {
  std::string model = "model-1";
  std::vector<std::string> nodes = {"http://a:8108"};
  bool backup = true;
};

/// Throws what cannot happen in a test.
template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
inline void Must(const Status& status) {
  if (!status.ok()) throw std::runtime_error(status.error().message);
}

/// Collections, a journal, and rollbacks over them: change what is public, then Run() or Plan().
struct RollbackFixture {
  Config config;
  FakeStore store;
  ExportingReader reader{store};
  std::unique_ptr<JournalStore> memory = MakeMemoryJournal();
  FailingJournal journal{*memory};
  FakeClock clock;
  SilentLog log;
  SilentProgress progress;
  ActivityBoard activity;
  MemoryRecovery recovery;
  std::stop_source drain;
  std::stop_source abort;

  RollbackFixture() { config.typesense.nodes = {"http://a:8108"}; }

  FakeCollection& Add(const std::string& name, std::size_t documents) {
    config.collections.push_back(Configured(name));
    FakeCollection& collection = store.collections[name];
    collection = MakeCollection(name, documents);
    for (const Document& document : collection.documents) {
      collection.raw_fields[document.id] = "[0.25," + document.id + ".125]";
    }
    return collection;
  }

  Target TargetOf(const std::string& name) {
    return {name, store.collections.at(name).schema.created_at, "vec"};
  }

  /// What the verb `run` does with one collection. Returns how many texts it paid for.
  std::size_t Migrate(const std::string& name, const Migrated& how = {});

  /// The field of every document, as an export shows it.
  std::map<std::string, std::string> Fields(const std::string& name) {
    const FakeCollection& collection = store.collections.at(name);
    std::map<std::string, std::string> fields;
    for (const Document& document : collection.documents) {
      fields[document.id] = collection.FieldJson(document.id);
    }
    return fields;
  }

  RollbackReport Run(const std::string& run = "", bool end_only = false) {
    BacklogWatch backlog(reader, clock, activity, log);
    return RunRollback({config, reader, journal, clock, log},
                       {store, backlog, progress, recovery, activity}, {run, end_only},
                       {drain.get_token(), abort.get_token()});
  }
  RollbackReport Plan(const std::string& run = "") {
    return PlanRollback({config, reader, journal, clock, log}, {run},
                        {drain.get_token(), abort.get_token()});
  }
  std::vector<RunRecord> Runs() { return Must(memory->Runs()); }
};

}  // namespace reembed::testing
