#include "fake_store.h"

#include "reembed/core/vectors.h"

namespace reembed::testing {
namespace {

bool Has(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

std::string DocumentJson(const std::string& id, const std::string& title) {
  return R"({"id":")" + id + R"(","title":")" + title + "\"}";
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

std::string FakeCollection::FieldJson(const std::string& id) const {
  if (const auto raw = raw_fields.find(id); raw != raw_fields.end()) return raw->second;
  const auto vector = vectors.find(id);
  std::string json;
  if (vector != vectors.end()) AppendVectorJson(json, vector->second);
  return json;
}

Document FakeCollection::Exported(const Document& document) const {
  const std::string field = FieldJson(document.id);
  if (field.empty()) return document;
  std::string json = document.json;
  json.pop_back();
  return {document.id, json + ",\"vec\":" + field + "}"};
}

void FakeCollection::RemoveDocument(const std::string& id) {
  std::erase_if(documents, [&](const Document& document) { return document.id == id; });
  vectors.erase(id);
  raw_fields.erase(id);
}

void FakeCollection::SetTitle(const std::string& id, const std::string& title) {
  for (Document& document : documents) {
    if (document.id != id) continue;
    document.json = DocumentJson(id, title);
    return;
  }
  documents.push_back({id, DocumentJson(id, title)});
}

class FakeStore::Lookup final : public DocumentLookup {
 public:
  Lookup(FakeStore& store, const FakeCollection& collection)
      : store_(store), collection_(collection) {}

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
    if (Has(collection_.outside, id)) return {LookupState::kOutsideFilter, {id, ""}};
    return {LookupState::kFound, *document};
  }

  FakeStore& store_;
  const FakeCollection& collection_;
};

class FakeStore::Scan final : public DocumentScan {
 public:
  Scan(FakeStore& store, const FakeCollection& collection, const FetchSpec& spec)
      : store_(store), collection_(collection), filtered_(!spec.filter_by.empty()) {
    with_field_ = Has(spec.fields, "vec");
  }

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
      if (filtered_ && Has(collection_.outside, document.id)) continue;
      documents.push_back(with_field_ ? collection_.Exported(document) : document);
    }
    return documents;
  }

  FakeStore& store_;
  const FakeCollection& collection_;
  const bool filtered_;
  bool with_field_ = false;
};

template <typename Item, typename Write>
Result<std::vector<UpdateOutcome>> FakeStore::WriteAll(std::span<const Item> documents,
                                                       const StopTokens& stop, Write write) {
  MutexLock lock(mutex_);
  if (stop.abort.stop_requested()) return Interrupted();
  request_sizes_.push_back(documents.size());
  if (write_error) {
    if (auto error = write_error(request_sizes_.size())) return *error;
  }
  if (update_error) return *update_error;
  std::vector<UpdateOutcome> outcomes;
  for (const Item& document : documents) {
    if (on_write) on_write(document.id);
    outcomes.push_back(write(document));
  }
  return outcomes;
}

class FakeStore::Updater final : public DocumentUpdater {
 public:
  Updater(FakeStore& store, FakeCollection& collection) : store_(store), collection_(collection) {}

  Result<std::vector<UpdateOutcome>> Apply(std::span<const ReadyDocument> documents,
                                           const StopTokens& stop) override {
    return store_.WriteAll(documents, stop,
                           [this](const ReadyDocument& document) { return Write(document); });
  }

 private:
  UpdateOutcome Write(const ReadyDocument& document) {
    if (Has(collection_.gone, document.id)) collection_.RemoveDocument(document.id);
    if (Find(collection_.documents, document.id) == nullptr) return {UpdateState::kDeleted, ""};
    if (Has(collection_.rejected, document.id)) return {UpdateState::kRejected, "refused here"};
    Embedding vector = *document.vector;
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
    return store_.WriteAll(documents, stop,
                           [this](const RestoredField& document) { return Write(document); });
  }

 private:
  UpdateOutcome Write(const RestoredField& document) {
    if (Find(collection_.documents, document.id) == nullptr) return {UpdateState::kDeleted, ""};
    if (Has(collection_.rejected, document.id)) return {UpdateState::kRejected, "refused here"};
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

std::unique_ptr<DocumentLookup> FakeStore::MakeLookup(FetchSpec spec) {
  return std::make_unique<Lookup>(*this, collections.at(spec.collection));
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

FakeCollection MakeCollection(const std::string& name, std::size_t count, int dimensions) {
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
    collection.documents.push_back({id, DocumentJson(id, "text " + id)});
  }
  return collection;
}

}  // namespace reembed::testing
