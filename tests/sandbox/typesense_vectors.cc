#include "tests/sandbox/typesense_vectors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_merge.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

float Dot(const Floats& left, const Floats& right) {
  const std::size_t size = std::min(left.size(), right.size());
  float sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += left[i] * right[i];
  return sum;
}

float Norm(const Floats& values) {
  return std::sqrt(Dot(values, values));
}

bool IsNearer(const Neighbour& left, const Neighbour& right) {
  if (left.distance != right.distance) return left.distance < right.distance;
  return left.sequence > right.sequence;
}

void AppendNumbers(const json& value, Floats& floats) {
  if (!value.is_array()) return;
  for (const json& element : value) {
    if (element.is_number()) floats.push_back(static_cast<float>(element.get<double>()));
  }
}

bool IsIndexed(const std::string& path, const Schema& schema) {
  const Field* const field = schema.Find(path);
  return field != nullptr && field->IsVector() && field->index;
}

bool HasUnindexedBelow(const std::string& path, const json& value, const Schema& schema) {
  if (value.is_array()) {
    return !value.empty() && value.front().is_number() && !IsIndexed(path, schema);
  }
  if (!value.is_object()) return false;
  const auto items = value.items();
  return std::any_of(items.begin(), items.end(), [&](const auto& item) {
    return HasUnindexedBelow(path + "." + item.key(), item.value(), schema);
  });
}

}  // namespace

bool VectorIndex::Set(Sequence sequence, SharedFloats vector) {
  Stored& stored = vectors_[sequence];
  if (stored.values && *stored.values == *vector) {
    // Sharing the document's copy frees the older one.
    stored.values = std::move(vector);
    return false;
  }
  stored.norm = Norm(*vector);
  stored.values = std::move(vector);
  return true;
}

SharedFloats VectorIndex::Find(Sequence sequence) const {
  const auto found = vectors_.find(sequence);
  return found == vectors_.end() ? nullptr : found->second.values;
}

float VectorIndex::Distance(const Floats& query, float query_norm, const Stored& stored) const {
  const float dot = Dot(query, *stored.values);
  const float scale = metric_ == "ip" ? 1 : query_norm * stored.norm;
  const float distance = scale > 0 ? 1 - dot / scale : 1;
  // A vector beyond float32 has no distance, and a NaN would upset the sorting.
  return std::isfinite(distance) ? distance : std::numeric_limits<float>::max();
}

std::vector<Neighbour> VectorIndex::Nearest(const Floats& query, std::size_t k,
                                            const std::vector<Sequence>* among) const {
  const float norm = Norm(query);
  std::vector<Neighbour> all;
  const auto add = [&](Sequence sequence, const Stored& stored) {
    all.push_back({sequence, Distance(query, norm, stored)});
  };
  if (among == nullptr) {
    for (const auto& [sequence, stored] : vectors_) add(sequence, stored);
  } else {
    for (const Sequence sequence : *among) {
      const auto found = vectors_.find(sequence);
      if (found != vectors_.end()) add(sequence, found->second);
    }
  }
  const std::size_t kept = std::min(k, all.size());
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(kept);
  std::partial_sort(all.begin(), middle, all.end(), IsNearer);
  all.resize(kept);
  return all;
}

SharedFloats VectorOf(const Document& document, const Field& field, bool nested) {
  if (SharedFloats moved = document.Moved(field.name)) return moved;
  Floats floats;
  if (nested) {
    for (const json* value : ValuesAt(document.keys(), field.name)) AppendNumbers(*value, floats);
  } else if (document.keys().contains(field.name)) {
    AppendNumbers(document.keys().at(field.name), floats);
  }
  return floats.empty() ? nullptr : std::make_shared<const Floats>(std::move(floats));
}

bool HasUnindexedNumbers(const Document& document, const Schema& schema) {
  for (const std::string& key : document.MovedKeys()) {
    if (!IsIndexed(key, schema)) return true;
  }
  for (const auto& [key, value] : document.keys().items()) {
    if (HasUnindexedBelow(key, value, schema)) return true;
  }
  return false;
}

}  // namespace reembed::sandbox
