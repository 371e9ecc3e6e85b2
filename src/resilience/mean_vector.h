#pragma once

#include <optional>
#include <vector>

#include "reembed/core/document.h"

namespace reembed {

/// The weighted mean of vectors, brought to unit length: one vector for a text that was embedded in
/// parts. A value; one thread.
class MeanVector {
 public:
  /// All of one call are of the same length.
  void Add(const Embedding& vector, double weight);

  /// Nothing when the vectors cancel each other out, or there was none.
  std::optional<Embedding> Normalized() const;

 private:
  std::vector<double> sum_;  // its length does not matter, so neither does the sum of the weights
};

}  // namespace reembed
