#include "src/resilience/mean_vector.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace reembed {

void MeanVector::Add(const Embedding& vector, double weight) {
  sum_.resize(std::max(sum_.size(), vector.size()));
  for (std::size_t i = 0; i < vector.size(); ++i) {
    sum_[i] += weight * static_cast<double>(vector[i]);
  }
}

std::optional<Embedding> MeanVector::Normalized() const {
  double squares = 0;
  for (const double value : sum_) squares += value * value;
  const double length = std::sqrt(squares);
  if (!std::isnormal(length)) return std::nullopt;
  Embedding mean;
  mean.reserve(sum_.size());
  for (const double value : sum_) mean.push_back(static_cast<float>(value / length));
  return mean;
}

}  // namespace reembed
