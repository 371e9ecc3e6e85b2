#include "tests/sandbox/typesense_export.h"

#include <charconv>
#include <shared_mutex>

#include "tests/sandbox/typesense_match.h"

namespace reembed::sandbox {
namespace {

constexpr std::size_t kDefaultBatch = 100;

// Builds the chunks; `Next` yields the next document, or null at the end.
class Exporter {
 public:
  Exporter(const Params& params, std::size_t batch_size)
      : selection_(params), batch_size_(batch_size) {}
  virtual ~Exporter() = default;

  virtual SharedDocument Next() = 0;

  bool Fill(std::string& chunk) {
    for (std::size_t i = 0; i < batch_size_; ++i) {
      const SharedDocument document = Next();
      if (!document) break;
      if (started_) chunk += '\n';
      started_ = true;
      document->AppendTo(chunk, selection_);
    }
    return !chunk.empty();
  }

 private:
  Selection selection_;
  std::size_t batch_size_;
  bool started_ = false;
};

class SnapshotExporter : public Exporter {
 public:
  SnapshotExporter(const Collection& collection, const Params& params, std::size_t batch_size)
      : Exporter(params, batch_size), entries_(collection.entries()) {}

  SharedDocument Next() override {
    return at_ < entries_.size() ? std::move(entries_[at_++].document) : nullptr;
  }

 private:
  std::vector<Collection::Entry> entries_;
  std::size_t at_ = 0;
};

class FilteredExporter : public Exporter {
 public:
  FilteredExporter(std::shared_ptr<Collection> collection, std::vector<Sequence> sequences,
                   const Params& params, std::size_t batch_size)
      : Exporter(params, batch_size),
        collection_(std::move(collection)),
        sequences_(std::move(sequences)) {}

  SharedDocument Next() override {
    const std::shared_lock<FairSharedMutex> lock(collection_->mutex());
    while (at_ < sequences_.size()) {
      if (SharedDocument document = collection_->Find(sequences_[at_++])) return document;
    }
    return nullptr;
  }

 private:
  std::shared_ptr<Collection> collection_;
  std::vector<Sequence> sequences_;
  std::size_t at_ = 0;
};

ChunkSource Chunks(std::shared_ptr<Exporter> exporter) {
  return [exporter = std::move(exporter)](std::string& chunk) { return exporter->Fill(chunk); };
}

}  // namespace

std::size_t ExportBatchSize(const Params& params) {
  const std::string text = Param(params, "batch_size");
  std::size_t size = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, size);
  return error == std::errc() && stop == end && size > 0 ? size : kDefaultBatch;
}

Outcome<ChunkSource> Export(const std::shared_ptr<Collection>& collection, const Params& params,
                            std::size_t batch_size) {
  const std::shared_lock<FairSharedMutex> lock(collection->mutex());
  const std::string filter_by = Param(params, "filter_by");
  if (filter_by.empty()) {
    return Chunks(std::make_shared<SnapshotExporter>(*collection, params, batch_size));
  }
  Outcome<std::vector<Sequence>> sequences = FilterSequences(*collection, filter_by);
  if (!sequences) return sequences.error();
  return Chunks(
      std::make_shared<FilteredExporter>(collection, std::move(*sequences), params, batch_size));
}

}  // namespace reembed::sandbox
