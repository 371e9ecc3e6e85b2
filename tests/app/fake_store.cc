#include "fake_store.h"

#include "reembed/core/vectors.h"

namespace reembed::testing {
namespace {

bool Has(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

const Document* Find(const std::vector<Document>& documents, const std::string& id) {
  const auto found = std::find_if(documents.begin(), documents.end(),
                                  [&](const Document& document) { return document.id == id; });
  return found == documents.end() ? nullptr : &*found;
}

double Product(const Embedding& a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return sum;
}

}  // namespace

class FakeStore::Lookup final : public DocumentLookup {
 public:
  Lookup(FakeStore& store, const FakeCollection& collection, const FetchSpec& spec)
      : store_(store),
        collection_(collection),
        filtered_(!spec.filter_by.empty()),
        with_field_(spec.whole || Has(spec.fields, "vec")) {}

  Result<std::vector<FoundDocument>> Find(std::span<const std::string> ids,
                                          const StopTokens& stop) override {
    if (stop.drain.stop_requested()) return Interrupted();
    const std::size_t number = Count();
    if (store_.on_lookup) store_.on_lookup(number);
    if (store_.page_error) {
      if (auto error = store_.page_error(number)) return *error;
    }
    MutexLock lock(store_.mutex_);
    std::vector<FoundDocument> found;
    for (const std::string& id : ids) found.push_back(FindOne(id));
    return found;
  }

 private:
  std::size_t Count() {
    MutexLock lock(store_.mutex_);
    return ++store_.lookups_;
  }
  FoundDocument FindOne(const std::string& id) const {
    const Document* document = testing::Find(collection_.documents, id);
    if (document == nullptr) return {LookupState::kGone, {id, ""}};
    if (filtered_ && !collection_.LetsThrough(*document)) {
      return {LookupState::kOutsideFilter, {id, ""}};
    }
    return {LookupState::kFound, with_field_ ? collection_.Exported(*document) : *document};
  }

  FakeStore& store_;
  const FakeCollection& collection_;
  const bool filtered_;
  const bool with_field_;
};

class FakeStore::Scan final : public DocumentScan {
 public:
  Scan(FakeStore& store, const FakeCollection& collection, const FetchSpec& spec)
      : store_(store),
        collection_(collection),
        filtered_(!spec.filter_by.empty()),
        with_field_(spec.whole || Has(spec.fields, "vec")) {}

  Status Run(ScanVisitor& visitor, const StopTokens& stop) override {
    const std::size_t number = Count();
    if (store_.on_scan) store_.on_scan(number);
    if (store_.scan_error) return *store_.scan_error;
    const std::vector<Document> documents = Snapshot();
    if (store_.cut_scan_at) {
      const std::size_t cut = *std::exchange(store_.cut_scan_at, std::nullopt);
      for (std::size_t i = 0; i < cut; ++i) {
        if (auto next = visitor.Visit(documents[i]); !next.ok()) return next.error();
      }
      if (auto again = visitor.Restart(); !again.ok()) return again;
    }
    for (const Document& document : documents) {
      if (stop.drain.stop_requested()) return Interrupted();
      const auto next = visitor.Visit(document);
      if (!next.ok()) return next.error();
      if (*next == ScanVisitor::Next::kEnough) return {};
    }
    return {};
  }

 private:
  std::size_t Count() {
    MutexLock lock(store_.mutex_);
    return ++store_.scans_;
  }
  std::vector<Document> Snapshot() {
    MutexLock lock(store_.mutex_);
    std::vector<Document> documents;
    for (const Document& document : collection_.documents) {
      if (filtered_ && !collection_.LetsThrough(document)) continue;
      documents.push_back(with_field_ ? collection_.Exported(document) : document);
    }
    return documents;
  }

  FakeStore& store_;
  const FakeCollection& collection_;
  const bool filtered_;
  const bool with_field_;
};

class FakeStore::Updater final : public DocumentUpdater {
 public:
  Updater(FakeStore& store, FakeCollection& collection) : store_(store), collection_(collection) {}

  Result<std::vector<UpdateOutcome>> Apply(std::span<const ReadyDocument> documents,
                                           const StopTokens& stop) override {
    return store_.WriteAll<UpdateOutcome>(
        documents, stop, [this](const ReadyDocument& document) { return Write(document); });
  }

 private:
  UpdateOutcome Write(const ReadyDocument& document) {
    if (Has(collection_.gone, document.id)) collection_.RemoveDocument(document.id);
    if (Find(collection_.documents, document.id) == nullptr) return {UpdateState::kDeleted, ""};
    if (Has(collection_.rejected, document.id)) return {UpdateState::kRejected, "refused here"};
    Embedding vector = *document.vector;
    std::string json;
    AppendVectorJson(json, vector);
    std::string trouble = FakeCollection::Trouble(collection_.schema.Find("vec"), json);
    if (!trouble.empty()) return {UpdateState::kRejected, std::move(trouble)};
    if (store_.alters_vectors) vector.front() += 1;
    collection_.vectors[document.id] = std::move(vector);
    collection_.raw_fields.erase(document.id);
    return {};
  }

  FakeStore& store_;
  FakeCollection& collection_;
};

class FakeStore::Restorer final : public FieldRestorer {
 public:
  Restorer(FakeStore& store, FakeCollection& collection) : store_(store), collection_(collection) {}

  Result<std::vector<UpdateOutcome>> Apply(std::span<const RestoredField> documents,
                                           const StopTokens& stop) override {
    return store_.WriteAll<UpdateOutcome>(
        documents, stop, [this](const RestoredField& document) { return Write(document); });
  }

 private:
  UpdateOutcome Write(const RestoredField& document) {
    if (Find(collection_.documents, document.id) == nullptr) return {UpdateState::kDeleted, ""};
    if (Has(collection_.rejected, document.id)) return {UpdateState::kRejected, "refused here"};
    const std::string json = document.value.json == "null" ? "" : document.value.json;
    // What is no array at all stands for whatever a document held before it had its schema.
    const bool checked = json.empty() || json.front() == '[';
    std::string trouble;
    if (checked) trouble = FakeCollection::Trouble(collection_.schema.Find("vec"), json);
    if (!trouble.empty()) return {UpdateState::kRejected, std::move(trouble)};
    collection_.vectors.erase(document.id);
    if (document.value.json == "null") {
      collection_.raw_fields.erase(document.id);
    } else {
      collection_.raw_fields[document.id] = document.value.json;
    }
    return {};
  }

  FakeStore& store_;
  FakeCollection& collection_;
};

Result<CollectionSchema> FakeStore::SchemaOf(const std::string& name) const {
  auto found = collections.find(name);
  for (const Alias& alias : aliases) {
    if (found == collections.end() && alias.name == name)
      found = collections.find(alias.collection);
  }
  if (found == collections.end()) {
    return Error{.kind = ErrorKind::kNotFound, .message = "there is no collection " + name};
  }
  CollectionSchema schema = found->second.schema;
  schema.num_documents = found->second.documents.size();
  return schema;
}

Result<std::vector<CollectionSchema>> FakeStore::Collections(const StopTokens&) {
  if (collections_error) return *collections_error;
  std::vector<CollectionSchema> schemas;
  for (const auto& [name, collection] : collections) schemas.push_back(*SchemaOf(name));
  return schemas;
}

Result<std::uint64_t> FakeStore::Count(const std::string& name, const std::string& filter_by,
                                       const StopTokens&) {
  if (count_error) return *count_error;
  MutexLock lock(mutex_);
  const FakeCollection& collection = collections.at(name);
  return static_cast<std::uint64_t>(std::count_if(
      collection.documents.begin(), collection.documents.end(), [&](const Document& document) {
        return filter_by.empty() || collection.LetsThrough(document);
      }));
}

std::vector<Result<std::uint64_t>> FakeStore::CountOnNodes(const std::string& name,
                                                           const StopTokens&) {
  MutexLock lock(mutex_);
  const std::uint64_t counted = collections.at(name).documents.size();
  std::vector<Result<std::uint64_t>> counts;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    counts.push_back(node_count ? node_count(i, counted) : Result<std::uint64_t>(counted));
  }
  return counts;
}

std::vector<Result<std::uint64_t>> FakeStore::PendingOnNodes(const StopTokens&) {
  std::vector<Result<std::uint64_t>> pending;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    pending.push_back(node_pending ? node_pending(i) : Result<std::uint64_t>(0));
  }
  return pending;
}

std::unique_ptr<DocumentLookup> FakeStore::MakeLookup(FetchSpec spec) {
  return std::make_unique<Lookup>(*this, collections.at(spec.collection), spec);
}

std::unique_ptr<DocumentScan> FakeStore::MakeScan(FetchSpec spec) {
  return std::make_unique<Scan>(*this, collections.at(spec.collection), spec);
}

std::unique_ptr<DocumentUpdater> FakeStore::MakeUpdater(UpdateSpec spec) {
  return std::make_unique<Updater>(*this, collections.at(spec.collection));
}

std::unique_ptr<FieldRestorer> FakeStore::MakeRestorer(UpdateSpec spec) {
  return std::make_unique<Restorer>(*this, collections.at(spec.collection));
}

Result<std::vector<std::string>> FakeStore::FindNearest(const NearestQuery& query,
                                                        const StopTokens&) {
  MutexLock lock(mutex_);
  const FakeCollection& collection = collections.at(query.collection);
  std::vector<std::pair<double, std::string>> hits;
  for (const auto& [id, vector] : collection.vectors) {
    if (Has(collection.not_indexed, id)) continue;
    if (!query.filter_by.empty() && query.filter_by.find("`" + id + "`") == std::string::npos) {
      continue;
    }
    hits.emplace_back(-Product(vector, query.vector), id);
  }
  std::sort(hits.begin(), hits.end());
  std::vector<std::string> ids;
  for (const auto& [distance, id] : hits) {
    if (ids.size() < query.count) ids.push_back(id);
  }
  return ids;
}

}  // namespace reembed::testing
