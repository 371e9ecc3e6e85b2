#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/core/document.h"

namespace reembed {

/// A uniform sample of a stream whose length is not known in advance: every item offered has the
/// same chance to be in it (algorithm R). Keeps `size` items at most. One thread.
template <typename T>
class Reservoir {
 public:
  /// `random` must outlive it.
  Reservoir(std::size_t size, const Jitter& random) : size_(size), random_(random) {}

  /// Offers the next item, made by `make` only if it is taken.
  template <typename Make>
  void Offer(Make make) {
    ++seen_;
    if (items_.size() < size_) {
      items_.push_back(make());
      return;
    }
    if (size_ == 0) return;
    const auto place = static_cast<std::uint64_t>(random_() * static_cast<double>(seen_));
    if (place < size_) items_[static_cast<std::size_t>(place)] = make();
  }

  /// What was offered so far no longer counts.
  void Clear() {
    items_.clear();
    seen_ = 0;
  }

  std::uint64_t seen() const { return seen_; }
  const std::vector<T>& items() const { return items_; }

 private:
  std::size_t size_;
  const Jitter& random_;
  std::uint64_t seen_ = 0;
  std::vector<T> items_;
};

/// A document that matches, for the search by its vector.
struct SampledVector {
  std::string id;
  Embedding vector;
};

/// A document with a text and a vector, to be embedded again.
struct SampledText {
  std::string id;
  TextHash hash;
  std::string text;  ///< with the prefix
  Embedding vector;  ///< as stored
};

}  // namespace reembed
