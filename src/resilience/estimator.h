#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "reembed/base/mutex.h"
#include "reembed/core/token_estimate.h"

namespace reembed {

/// Learns what each class of characters weighs in tokens from what the provider bills: Bayesian
/// linear regression on the shapes of requests. The start weights are the prior, so a class that
/// has not been met keeps its weight; older bills count less and less, so a change of the kind of
/// text is followed. Weights are never negative.
/// A bill that cannot be explained (ten times what was expected) is put aside; it is believed when
/// the next one says the same, and then what was learned before is mostly forgotten.
/// Thread-safe. Cost: some microseconds a bill.
class Estimator {
 public:
  /// A request with texts of `shape` was billed as `tokens`. Zero of either teaches nothing.
  void Learn(const TextShape& shape, std::uint64_t tokens);

  TokenEstimate Snapshot() const;

 private:
  using Vector = std::array<double, kTextClasses>;
  using Matrix = std::array<Vector, kTextClasses>;

  bool IsOdd(const Vector& counts, double tokens) REEMBED_REQUIRES(mutex_);
  void Forget(double kept) REEMBED_REQUIRES(mutex_);
  void Add(const Vector& counts, double tokens) REEMBED_REQUIRES(mutex_);

  mutable Mutex mutex_;
  // The bills so far, each divided by its variance: sums of x·xᵀ and of x·tokens.
  Matrix information_ REEMBED_GUARDED_BY(mutex_){};
  Vector evidence_ REEMBED_GUARDED_BY(mutex_){};
  std::optional<double> odd_ratio_ REEMBED_GUARDED_BY(mutex_);  // of the bill put aside
  TokenEstimate estimate_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace reembed
