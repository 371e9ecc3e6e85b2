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

/// One collection in memory: documents in order, vectors by id. Can fail on purpose. Thread-safe.
struct FakeCollection {
  CollectionSchema schema;
  std::vector<Document> documents;
  std::map<std::string, Embedding> vectors;
  std::vector<std::string> gone;      ///< ids that answer "not found" when written
  std::vector<std::string> rejected;  ///< ids that the store refuses
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
  bool alters_vectors = false;                       ///< stores something else than was sent
  std::function<void(const std::string&)> on_write;  ///< called with each id before it is written
  std::function<std::optional<Error>(std::size_t)> page_error;   ///< for the n-th page, from 1
  std::function<std::optional<Error>(std::size_t)> write_error;  ///< for the n-th request, from 1
  std::size_t page_size = 250;
  std::function<Result<std::uint64_t>(std::size_t)> pending_writes;  ///< n-th question, from 1
  StopTokens planned_with;  ///< what Describe was called with

  std::vector<std::size_t> request_sizes() const {
    MutexLock lock(mutex_);
    return request_sizes_;
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
  std::unique_ptr<DocumentFetcher> MakeFetcher(FetchSpec spec) override {
    return std::make_unique<Fetcher>(*this, collections.at(spec.collection).documents);
  }
  std::unique_ptr<DocumentScan> MakeScan(FetchSpec spec) override {
    return std::make_unique<Scan>(collections.at(spec.collection).documents);
  }
  std::unique_ptr<DocumentUpdater> MakeUpdater(UpdateSpec spec) override {
    return std::make_unique<Updater>(*this, collections.at(spec.collection));
  }

 private:
  static Error Interrupted() { return {.kind = ErrorKind::kInterrupted, .message = "stopped"}; }

  class Fetcher final : public DocumentFetcher {
   public:
    Fetcher(FakeStore& store, const std::vector<Document>& documents)
        : store_(store), documents_(documents) {}
    Result<std::optional<Page>> NextPage(const StopTokens& stop) override {
      if (stop.drain.stop_requested()) return Interrupted();
      if (store_.page_error) {
        if (auto error = store_.page_error(++pages_)) return *error;
      }
      if (next_ == documents_.size()) return std::optional<Page>();
      const auto end = std::min(next_ + store_.page_size, documents_.size());
      Page page(documents_.begin() + static_cast<std::ptrdiff_t>(next_),
                documents_.begin() + static_cast<std::ptrdiff_t>(end));
      next_ = end;
      return std::optional<Page>(std::move(page));
    }

   private:
    FakeStore& store_;
    const std::vector<Document>& documents_;
    std::size_t next_ = 0;
    std::size_t pages_ = 0;
  };

  class Scan final : public DocumentScan {
   public:
    explicit Scan(const std::vector<Document>& documents) : documents_(documents) {}
    Status Run(const std::function<void(const Document&)>& visit, const StopTokens& stop) override {
      if (stop.drain.stop_requested()) return Interrupted();
      for (const Document& document : documents_) visit(document);
      return {};
    }

   private:
    const std::vector<Document>& documents_;
  };

  class Updater final : public DocumentUpdater {
   public:
    Updater(FakeStore& store, FakeCollection& collection)
        : store_(store), collection_(collection) {}
    Result<std::vector<UpdateOutcome>> Apply(std::span<const ReadyDocument> documents,
                                             const StopTokens& stop) override {
      MutexLock lock(store_.mutex_);
      if (stop.abort.stop_requested()) return Interrupted();
      store_.request_sizes_.push_back(documents.size());
      if (store_.write_error) {
        if (auto error = store_.write_error(store_.request_sizes_.size())) return *error;
      }
      if (store_.update_error) return *store_.update_error;
      std::vector<UpdateOutcome> outcomes;
      for (const ReadyDocument& document : documents) outcomes.push_back(Write(document));
      return outcomes;
    }

   private:
    static bool Has(const std::vector<std::string>& ids, const std::string& id) {
      return std::find(ids.begin(), ids.end(), id) != ids.end();
    }
    UpdateOutcome Write(const ReadyDocument& document) {
      if (store_.on_write) store_.on_write(document.id);
      if (Has(collection_.gone, document.id)) return {UpdateState::kDeleted, ""};
      if (Has(collection_.rejected, document.id)) return {UpdateState::kRejected, "refused here"};
      Embedding vector = *document.vector;
      if (store_.alters_vectors) vector.front() += 1;
      collection_.vectors[document.id] = std::move(vector);
      return {};
    }

    FakeStore& store_;
    FakeCollection& collection_;
  };

  mutable Mutex mutex_;
  std::vector<std::size_t> request_sizes_ REEMBED_GUARDED_BY(mutex_);
  std::size_t pending_writes_asked_ REEMBED_GUARDED_BY(mutex_) = 0;
};

/// A collection `name` with `count` documents `0`, `1`, …, whose `title` is `text <id>`.
inline FakeCollection MakeCollection(const std::string& name, std::size_t count,
                                     int dimensions = 2) {
  FakeCollection collection;
  collection.schema.name = name;
  collection.schema.num_documents = count;
  FieldSchema title;
  title.name = "title";
  title.type = "string";
  FieldSchema vector;
  vector.name = "vec";
  vector.type = "float[]";
  vector.num_dim = dimensions;
  collection.schema.fields = {title, vector};
  for (std::size_t i = 0; i < count; ++i) {
    const std::string id = std::to_string(i);
    collection.documents.push_back({id, R"({"id":")" + id + R"(","title":"text )" + id + "\"}"});
  }
  return collection;
}

}  // namespace reembed::testing
