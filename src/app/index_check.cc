#include "index_check.h"

#include <algorithm>
#include <cstdint>

#include "reembed/core/stored_field.h"

namespace reembed {
namespace {

constexpr std::size_t kNearest = 10;

enum class Place : std::uint8_t { kFound, kRecall, kNotIndexed, kChanged };

class IndexCheck {
 public:
  IndexCheck(StoreReader& reader, const std::string& collection, const std::string& field,
             const StopTokens& stop)
      : reader_(reader), collection_(collection), field_(field), stop_(stop) {}

  Result<Place> Find(const SampledVector& document) {
    const auto nearest = Search(document, /*filter_by=*/"");
    if (!nearest.ok()) return nearest.error();
    if (Holds(*nearest, document.id)) return Place::kFound;
    // Documents with the same text have the same vector, and more than 10 may have it.
    const VectorHash hash = HashVector(document.vector);
    for (const std::string& id : *nearest) {
      const auto same = HasVector(id, hash);
      if (!same.ok()) return same.error();
      if (*same) return Place::kFound;
    }
    return FindExactly(document, hash);
  }

 private:
  // A filter on so few documents makes the server compare them all instead of walking its graph.
  Result<Place> FindExactly(const SampledVector& document, const VectorHash& hash) {
    const auto exact = Search(document, "id:=`" + document.id + "`");
    if (!exact.ok()) return exact.error();
    if (Holds(*exact, document.id)) return Place::kRecall;
    // The sample was taken while the collection was read: much may have happened since.
    const auto still = HasVector(document.id, hash);
    if (!still.ok()) return still.error();
    return *still ? Place::kNotIndexed : Place::kChanged;
  }

  Result<std::vector<std::string>> Search(const SampledVector& document, std::string filter_by) {
    return reader_.FindNearest({.collection = collection_,
                                .field = field_,
                                .vector = document.vector,
                                .count = kNearest,
                                .filter_by = std::move(filter_by)},
                               stop_);
  }

  Result<bool> HasVector(const std::string& id, const VectorHash& hash) {
    const auto vector = reader_.ReadVector(collection_, field_, id, stop_);
    if (vector.ok()) return HashVector(*vector) == hash;
    if (vector.error().kind == ErrorKind::kNotFound) return false;
    return vector.error();
  }

  static bool Holds(const std::vector<std::string>& ids, const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  }

  StoreReader& reader_;
  const std::string& collection_;
  const std::string& field_;
  const StopTokens& stop_;
};

void Count(Place place, const std::string& id, IndexSample& sample) {
  ++sample.checked;
  switch (place) {
    case Place::kFound:
      ++sample.found;
      return;
    case Place::kChanged:
      ++sample.changed;
      return;
    case Place::kRecall:
      ++sample.recall;
      if (sample.recall_ids.size() < kMaxDifferencesListed) sample.recall_ids.push_back(id);
      return;
    case Place::kNotIndexed:
      ++sample.not_indexed;
      if (sample.not_indexed_ids.size() < kMaxDifferencesListed) {
        sample.not_indexed_ids.push_back(id);
      }
  }
}

}  // namespace

Status CheckIndex(StoreReader& reader, const std::string& collection, const std::string& field,
                  const std::vector<SampledVector>& documents, IndexSample& sample,
                  const StopTokens& stop) {
  IndexCheck check(reader, collection, field, stop);
  for (const SampledVector& document : documents) {
    if (stop.drain.stop_requested()) {
      return Interrupted();
    }
    const auto place = check.Find(document);
    if (!place.ok()) return place.error();
    Count(*place, document.id, sample);
  }
  return {};
}

}  // namespace reembed
