#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reembed/base/mutex.h"
#include "reembed/ports/store.h"

namespace reembed::testing {

/// One collection in memory: documents in order, their embedding fields `vec` apart. Can fail on
/// purpose.
struct FakeCollection {
  CollectionSchema schema;
  std::vector<Document> documents;  ///< without the embedding field
  std::map<std::string, Embedding> vectors;
  std::map<std::string, std::string> raw_fields;  ///< JSON that stands there instead of a vector
  std::vector<std::string> gone;         ///< ids that are deleted just before they are written
  std::vector<std::string> rejected;     ///< ids that the store refuses
  std::vector<std::string> outside;      ///< ids that the filter leaves out
  std::vector<std::string> not_indexed;  ///< ids that no search by vector finds

  /// The field's JSON; empty when the document has none.
  std::string FieldJson(const std::string& id) const;
  /// The document as an export shows it.
  Document Exported(const Document& document) const;
  void RemoveDocument(const std::string& id);
  /// Replaces `title`, or adds the document.
  void SetTitle(const std::string& id, const std::string& title);
};

/// A store of fake collections with a history.
class FakeStore final : public StoreReader, public StoreWriter {
 public:
  std::map<std::string, FakeCollection> collections;
  std::vector<Alias> aliases;
  std::optional<Error> describe_error;
  std::optional<Error> aliases_error;
  std::optional<Error> count_error;
  std::optional<Error> update_error;
  std::vector<NodeStatus> nodes = {{"fake:8108", true, "29.0", "", {}, {}}};
  std::function<void(std::size_t)> on_scan;    ///< before the n-th scan, from 1
  std::function<void(std::size_t)> on_lookup;  ///< before the n-th page of ids, from 1
  std::optional<std::size_t> cut_scan_at;  ///< the next scan is cut there once, and begins again
  std::optional<Error> scan_error;
  bool alters_vectors = false;                       ///< stores something else than was sent
  std::function<void(const std::string&)> on_write;  ///< called with each id before it is written
  std::function<std::optional<Error>(std::size_t)> page_error;   ///< for the n-th lookup, from 1
  std::function<std::optional<Error>(std::size_t)> write_error;  ///< for the n-th request, from 1
  std::function<Result<std::uint64_t>(std::size_t)> pending_writes;  ///< n-th question, from 1
  StopTokens planned_with;  ///< what Describe was called with

  std::vector<std::size_t> request_sizes() const {
    MutexLock lock(mutex_);
    return request_sizes_;
  }

  std::size_t scans() const {
    MutexLock lock(mutex_);
    return scans_;
  }
  /// For a test that edits a collection while a run is on; not from on_write.
  void Edit(const std::string& name, const std::function<void(FakeCollection&)>& edit) {
    MutexLock lock(mutex_);
    edit(collections.at(name));
  }

  Result<CollectionSchema> Describe(const std::string& name, const StopTokens& stop) override {
    planned_with = stop;
    if (describe_error) return *describe_error;
    const auto found = collections.find(name);
    if (found == collections.end()) {
      return Error{.kind = ErrorKind::kNotFound, .message = "there is no collection " + name};
    }
    return found->second.schema;
  }
  Result<std::vector<Alias>> Aliases(const StopTokens&) override {
    if (aliases_error) return *aliases_error;
    return aliases;
  }
  Result<std::uint64_t> Count(const std::string& name, const std::string&,
                              const StopTokens&) override {
    if (count_error) return *count_error;
    return collections.at(name).documents.size();
  }
  Result<Embedding> ReadVector(const std::string& name, const std::string&, const std::string& id,
                               const StopTokens&) override {
    MutexLock lock(mutex_);
    return collections.at(name).vectors[id];
  }
  Result<std::uint64_t> PendingWrites(const StopTokens&) override {
    MutexLock lock(mutex_);
    ++pending_writes_asked_;
    return pending_writes ? pending_writes(pending_writes_asked_) : Result<std::uint64_t>(0);
  }
  std::size_t pending_writes_asked() const {
    MutexLock lock(mutex_);
    return pending_writes_asked_;
  }
  /// Search pages are not what the program reads here.
  std::unique_ptr<DocumentFetcher> MakeFetcher(FetchSpec) override { return nullptr; }
  std::unique_ptr<DocumentLookup> MakeLookup(FetchSpec spec) override;
  std::unique_ptr<DocumentScan> MakeScan(FetchSpec spec) override;
  Result<std::vector<std::string>> FindNearest(const NearestQuery& query,
                                               const StopTokens& stop) override;
  std::vector<NodeStatus> Nodes(const StopTokens&) override { return nodes; }
  std::unique_ptr<FieldRestorer> MakeRestorer(UpdateSpec spec) override;
  std::unique_ptr<DocumentUpdater> MakeUpdater(UpdateSpec spec) override;

 private:
  static Error Interrupted() { return {.kind = ErrorKind::kInterrupted, .message = "stopped"}; }

  class Fetcher;
  class Lookup;
  class Scan;
  class Updater;
  class Restorer;

  template <typename Item, typename Write>
  Result<std::vector<UpdateOutcome>> WriteAll(std::span<const Item> documents,
                                              const StopTokens& stop, Write write);

  mutable Mutex mutex_;
  std::vector<std::size_t> request_sizes_ REEMBED_GUARDED_BY(mutex_);
  std::size_t pending_writes_asked_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::size_t scans_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::size_t lookups_ REEMBED_GUARDED_BY(mutex_) = 0;
};

/// A collection `name` with `count` documents `0`, `1`, …, whose `title` is `text <id>`.
FakeCollection MakeCollection(const std::string& name, std::size_t count, int dimensions = 2);

}  // namespace reembed::testing
