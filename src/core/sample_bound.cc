#include "reembed/core/sample_bound.h"

#include <algorithm>
#include <cmath>

namespace reembed {
namespace {

// log of `n` over `k`. Summed, because std::lgamma writes a global.
double LogChoose(std::uint64_t n, std::uint64_t k) {
  double sum = 0;
  const std::uint64_t steps = std::min(k, n - k);
  for (std::uint64_t i = 1; i <= steps; ++i) {
    sum += std::log(static_cast<double>(n - steps + i)) - std::log(static_cast<double>(i));
  }
  return sum;
}

// The chance of at most `k` hits in `n` draws at share `p`, for p above k / n: from the last term,
// the largest, downwards.
double ChanceOfAtMost(double log_choose, std::uint64_t n, std::uint64_t k, double p) {
  const auto hits = static_cast<double>(k);
  const auto rest = static_cast<double>(n - k);
  const double last = std::exp(log_choose + hits * std::log(p) + rest * std::log1p(-p));
  const double odds = (1 - p) / p;
  double term = 1;
  double sum = 1;
  for (std::uint64_t i = k; i > 0 && term > sum * 1e-18; --i) {
    term *= static_cast<double>(i) / static_cast<double>(n - i + 1) * odds;
    sum += term;
  }
  return last * sum;
}

}  // namespace

double UpperBound(std::uint64_t sampled, std::uint64_t wrong, double confidence) {
  if (wrong >= sampled) return 1;
  const double doubt = 1 - confidence;
  if (wrong == 0) return -std::expm1(std::log(doubt) / static_cast<double>(sampled));
  const double log_choose = LogChoose(sampled, wrong);
  double low = static_cast<double>(wrong) / static_cast<double>(sampled);
  double high = 1;
  // The chance falls as the share grows; halving 60 times uses up a double.
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (ChanceOfAtMost(log_choose, sampled, wrong, middle) > doubt ? low : high) = middle;
  }
  return high;
}

}  // namespace reembed
