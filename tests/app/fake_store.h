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
/// purpose. While the schema has `vec` with a length, what is written is checked against it, as the
/// server does; while it has not, anything is stored.
struct FakeCollection {
  CollectionSchema schema;
  std::vector<Document> documents;  ///< without the embedding field
  std::map<std::string, Embedding> vectors;
  std::map<std::string, std::string> raw_fields;  ///< JSON that stands there instead of a vector
  std::vector<std::string> gone;         ///< ids that are deleted just before they are written
  std::vector<std::string> rejected;     ///< ids that the store refuses
  std::vector<std::string> outside;      ///< ids that the filter leaves out
  std::vector<std::string> not_indexed;  ///< ids that no search by vector finds
  /// True for what a filter lets through, whatever the filter says; without it `outside` decides.
  std::function<bool(const Document&)> filter = {};
  std::uint64_t used_up_ids = 0;  ///< by DocumentCopier::UseUpIds

  /// The field's JSON; empty when the document has none.
  std::string FieldJson(const std::string& id) const;
  /// The document as an export shows it.
  Document Exported(const Document& document) const;
  void RemoveDocument(const std::string& id);
  /// Replaces `title`, or adds the document.
  void SetTitle(const std::string& id, const std::string& title);
  /// Replaces the whole document, the field included, or adds it. `json` is an object.
  void Put(const std::string& id, const std::string& json);
  bool Has(const std::string& id) const;
  /// The document without and with its field, as an export shows it; empty when there is none.
  std::string Whole(const std::string& id) const;

  /// Why the server would refuse a document with this field (JSON; empty: it has none); empty when
  /// it would not. `field` null: the schema has no such field.
  static std::string Trouble(const FieldSchema* field, const std::string& json);
  bool LetsThrough(const Document& document) const;

  /// As the server alters a schema. Values stay in the documents.
  void DropField(const std::string& field);
  /// kRefused when the field is there with another length.
  Result<AlterResult> AddField(const std::string& definition);
  Result<AlterResult> ReplaceField(const std::string& definition);
};

/// A field as a server would describe it.
FieldSchema FieldOf(const std::string& definition);

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
  std::optional<Error> collections_error;
  /// What each node counts: (node, as it should be). Nodes are numbered as in `nodes`.
  std::function<Result<std::uint64_t>(std::size_t, std::uint64_t)> node_count;
  std::function<Result<std::uint64_t>(std::size_t)> node_pending;  ///< of each node; without it 0

  // Calls of the schema editor, in words: `drop a vec`, `add a vec`, `replace a vec`,
  // `clone a as b`, `metadata a`, `alias x to b`, `delete a`.
  std::vector<std::string> alterations;
  std::function<void(const std::string&)> on_alter;     ///< before each; may edit the store
  std::function<void(const std::string&)> on_await;     ///< when earlier writes are waited for
  std::function<void(const std::string&)> after_alter;  ///< after each that was done
  std::function<std::optional<Error>(std::size_t)> alter_error;  ///< n-th call, from 1: not done
  std::function<std::optional<Error>(std::size_t)> alter_lost;   ///< n-th call: done, yet an error
  std::vector<Alias> alias_switched;                             ///< by the schema editor, in order
  std::int64_t next_created_at = 1'000'000;                      ///< of the next clone; grows
  bool tells_no_change = false;  ///< takes every document for changed (DocumentCopier::Change)
  std::function<void(const std::string&)> on_delete;  ///< with each id before a copier deletes it

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
    return SchemaOf(name);
  }
  Result<std::vector<CollectionSchema>> Collections(const StopTokens& stop) override;
  Result<std::vector<Alias>> Aliases(const StopTokens&) override {
    if (aliases_error) return *aliases_error;
    return aliases;
  }
  Result<std::uint64_t> Count(const std::string& name, const std::string& filter_by,
                              const StopTokens& stop) override;
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
  std::vector<Result<std::uint64_t>> CountOnNodes(const std::string& name,
                                                  const StopTokens& stop) override;
  std::vector<Result<std::uint64_t>> PendingOnNodes(const StopTokens& stop) override;
  std::vector<NodeStatus> Nodes(const StopTokens&) override { return nodes; }
  std::unique_ptr<SchemaEditor> MakeSchemaEditor() override;
  std::unique_ptr<DocumentCopier> MakeCopier(const std::string& name) override;
  std::unique_ptr<FieldRestorer> MakeRestorer(UpdateSpec spec) override;
  std::unique_ptr<DocumentUpdater> MakeUpdater(UpdateSpec spec) override;

 private:
  static Error Interrupted() { return {.kind = ErrorKind::kInterrupted, .message = "stopped"}; }

  class Fetcher;
  class Lookup;
  class Scan;
  class Updater;
  class Restorer;
  class Editor;
  class Copier;

  /// A real name wins over an alias of that name.
  Result<CollectionSchema> SchemaOf(const std::string& name) const;

  template <typename Outcome, typename Item, typename Write>
  Result<std::vector<Outcome>> WriteAll(std::span<const Item> documents, const StopTokens& stop,
                                        Write write);

  mutable Mutex mutex_;
  std::vector<std::size_t> request_sizes_ REEMBED_GUARDED_BY(mutex_);
  std::size_t pending_writes_asked_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::size_t scans_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::size_t lookups_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::size_t alters_ REEMBED_GUARDED_BY(mutex_) = 0;
};

template <typename Outcome, typename Item, typename Write>
Result<std::vector<Outcome>> FakeStore::WriteAll(std::span<const Item> documents,
                                                 const StopTokens& stop, Write write) {
  MutexLock lock(mutex_);
  if (stop.abort.stop_requested()) return Interrupted();
  request_sizes_.push_back(documents.size());
  if (write_error) {
    if (auto error = write_error(request_sizes_.size())) return *error;
  }
  if (update_error) return *update_error;
  std::vector<Outcome> outcomes;
  for (const Item& document : documents) {
    if (on_write) on_write(document.id);
    outcomes.push_back(write(document));
  }
  return outcomes;
}

/// A collection `name` with `count` documents `0`, `1`, …, whose `title` is `text <id>`.
FakeCollection MakeCollection(const std::string& name, std::size_t count, int dimensions = 2);

}  // namespace reembed::testing
