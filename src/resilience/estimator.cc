#include "src/resilience/estimator.h"

#include <algorithm>

namespace reembed {
namespace {

constexpr double kWeightOfTheLatest = 0.2;
constexpr double kFewestBytes = 0.5;
constexpr double kMostBytes = 12.0;

}  // namespace

void Estimator::Learn(std::uint64_t bytes, std::uint64_t tokens) {
  if (bytes == 0 || tokens == 0) return;
  const double measured = std::clamp(static_cast<double>(bytes) / static_cast<double>(tokens),
                                     kFewestBytes, kMostBytes);
  MutexLock lock(mutex_);
  estimate_.bytes_per_token += kWeightOfTheLatest * (measured - estimate_.bytes_per_token);
}

TokenEstimate Estimator::Snapshot() const {
  MutexLock lock(mutex_);
  return estimate_;
}

}  // namespace reembed
