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
  std::optional<Error> update_error;
  bool alters_vectors = false;                       ///< stores something else than was sent
  std::function<void(const std::string&)> on_write;  ///< called with each id before it is written
  std::size_t page_size = 250;

  std::vector<std::size_t> request_sizes() const {
    MutexLock lock(mutex_);
    return request_sizes_;
  }

  Result<CollectionSchema> Describe(const std::string& name, const StopTokens&) override {
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
    return collections.at(name).documents.size();
  }
  Result<Embedding> ReadVector(const std::string& name, const std::string&, const std::string& id,
                               const StopTokens&) override {
    MutexLock lock(mutex_);
    return collections.at(name).vectors[id];
  }
  std::unique_ptr<DocumentFetcher> MakeFetcher(FetchSpec spec) override {
    return std::make_unique<Fetcher>(collections.at(spec.collection).documents, page_size);
  }
  std::unique_ptr<DocumentScan> MakeScan(FetchSpec spec) override {
    return std::make_unique<Scan>(collections.at(spec.collection).documents);
  }
  std::unique_ptr<DocumentUpdater> MakeUpdater(UpdateSpec spec) override {
    return std::make_unique<Updater>(*this, collections.at(spec.collection));
  }

 private:
  class Fetcher final : public DocumentFetcher {
   public:
    Fetcher(const std::vector<Document>& documents, std::size_t page_size)
        : documents_(documents), page_size_(page_size) {}
    Result<std::optional<Page>> NextPage(const StopTokens&) override {
      if (next_ == documents_.size()) return std::optional<Page>();
      const auto end = std::min(next_ + page_size_, documents_.size());
      Page page(documents_.begin() + static_cast<std::ptrdiff_t>(next_),
                documents_.begin() + static_cast<std::ptrdiff_t>(end));
      next_ = end;
      return std::optional<Page>(std::move(page));
    }

   private:
    const std::vector<Document>& documents_;
    const std::size_t page_size_;
    std::size_t next_ = 0;
  };

  class Scan final : public DocumentScan {
   public:
    explicit Scan(const std::vector<Document>& documents) : documents_(documents) {}
    Status Run(const std::function<void(const Document&)>& visit, const StopTokens&) override {
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
                                             const StopTokens&) override {
      MutexLock lock(store_.mutex_);
      store_.request_sizes_.push_back(documents.size());
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
