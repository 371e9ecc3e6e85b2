#include "src/resilience/estimator.h"

#include <algorithm>
#include <cmath>

namespace reembed {
namespace {

constexpr std::size_t kSize = kTextClasses;
using Vector = std::array<double, kSize>;
using Matrix = std::array<Vector, kSize>;

// How far a weight may be from where it starts: half of it, and a little.
constexpr double kRelativeDoubt = 0.5;
constexpr double kLeastDoubt = 0.05;
// What remains of a bill's say after the next one: some fifty bills count.
constexpr double kMemory = 0.98;
constexpr double kMemoryAfterChange = 0.02;
// Texts of one kind differ: by chance (a token of variance for each token), and for reasons that
// do not even out in a request.
constexpr double kRelativeNoise = 0.03;
// A bill is odd that is so many deviations away and off by so much: another kind of text may well
// weigh half as much again. Far more than that is odd even while there is much doubt.
constexpr double kOddDeviations = 4;
constexpr double kOddRatio = 2;
constexpr double kVeryOddRatio = 5;
constexpr double kSameOddness = 1.5;

double Dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < kSize; ++i) sum += a[i] * b[i];
  return sum;
}

double PriorPrecision(std::size_t i) {
  const double doubt = kRelativeDoubt * TokenEstimate::kStartWeights[i] + kLeastDoubt;
  return 1 / (doubt * doubt);
}

Matrix WithPrior(Matrix information) {
  for (std::size_t i = 0; i < kSize; ++i) information[i][i] += PriorPrecision(i);
  return information;
}

/// Which unknowns are solved for; the others are held at zero.
using Free = std::array<bool, kSize>;

// Of a symmetric positive definite matrix, by its Cholesky factor. Rows that are not free become
// those of the identity, so that their unknowns come out as zero.
Vector Solve(Matrix a, Vector b, const Free& free) {
  for (std::size_t i = 0; i < kSize; ++i) {
    if (free[i]) continue;
    for (std::size_t k = 0; k < kSize; ++k) a[i][k] = a[k][i] = 0;
    a[i][i] = 1;
    b[i] = 0;
  }
  for (std::size_t j = 0; j < kSize; ++j) {
    for (std::size_t k = 0; k < j; ++k) a[j][j] -= a[j][k] * a[j][k];
    a[j][j] = std::sqrt(a[j][j]);
    for (std::size_t i = j + 1; i < kSize; ++i) {
      for (std::size_t k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[j][k];
      a[i][j] /= a[j][j];
    }
  }
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (std::size_t i = kSize; i-- > 0;) {
    for (std::size_t k = i + 1; k < kSize; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

constexpr Free kAllFree = {true, true, true, true, true, true, true, true};

// The best weights of which none is negative: the worst one is held at zero until none is left.
// No weight is freed again, which loses little and ends soon.
Vector SolveNonNegative(const Matrix& a, const Vector& b) {
  Free free = kAllFree;
  for (;;) {
    const Vector weights = Solve(a, b, free);
    const auto worst = std::min_element(weights.begin(), weights.end());
    if (*worst >= 0) return weights;
    free[static_cast<std::size_t>(worst - weights.begin())] = false;
  }
}

double NoiseVariance(double tokens) {
  return 1 + tokens + (kRelativeNoise * tokens) * (kRelativeNoise * tokens);
}

}  // namespace

// More deviations from what is expected than the doubt about the weights and the noise explain.
bool Estimator::IsOdd(const Vector& counts, double tokens) {
  const double expected = Dot(counts, estimate_.weights);
  const Vector spread = Solve(WithPrior(information_), counts, kAllFree);
  const double deviation = std::sqrt(Dot(counts, spread) + NoiseVariance(expected));
  const double ratio = tokens / std::max(expected, 1.0);
  const double off_by = std::max(ratio, 1 / ratio);
  const bool unlikely = std::abs(tokens - expected) > kOddDeviations * deviation;
  if (off_by < kVeryOddRatio && (off_by < kOddRatio || !unlikely)) {
    odd_ratio_.reset();
    return false;
  }
  const bool again =
      odd_ratio_ && ratio < *odd_ratio_ * kSameOddness && ratio > *odd_ratio_ / kSameOddness;
  if (!again) {
    odd_ratio_ = ratio;
    return true;
  }
  odd_ratio_.reset();
  Forget(kMemoryAfterChange);
  return false;
}

void Estimator::Forget(double kept) {
  for (std::size_t i = 0; i < kSize; ++i) {
    evidence_[i] *= kept;
    for (double& value : information_[i]) value *= kept;
  }
}

void Estimator::Add(const Vector& counts, double tokens) {
  const double precision = 1 / NoiseVariance(tokens);
  for (std::size_t i = 0; i < kSize; ++i) {
    evidence_[i] += precision * counts[i] * tokens;
    for (std::size_t k = 0; k < kSize; ++k) {
      information_[i][k] += precision * counts[i] * counts[k];
    }
  }
}

void Estimator::Learn(const TextShape& shape, std::uint64_t tokens) {
  if (shape.bytes == 0 || tokens == 0) return;
  Vector counts{};
  for (std::size_t i = 0; i < kSize; ++i) counts[i] = static_cast<double>(shape.counts[i]);
  const auto billed = static_cast<double>(tokens);
  MutexLock lock(mutex_);
  if (IsOdd(counts, billed)) return;
  Forget(kMemory);
  Add(counts, billed);
  Vector evidence = evidence_;
  for (std::size_t i = 0; i < kSize; ++i) {
    evidence[i] += PriorPrecision(i) * TokenEstimate::kStartWeights[i];
  }
  estimate_.weights = SolveNonNegative(WithPrior(information_), evidence);
}

TokenEstimate Estimator::Snapshot() const {
  MutexLock lock(mutex_);
  return estimate_;
}

}  // namespace reembed
