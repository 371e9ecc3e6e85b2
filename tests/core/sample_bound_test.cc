#include "reembed/core/sample_bound.h"

#include <cmath>
#include <vector>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

struct Case {
  std::uint64_t sampled, wrong;
  double confidence, bound;
};

// The chance of at most `wrong` in `sampled`, term by term: the definition of the bound.
double ChanceOfAtMost(int sampled, int wrong, double share) {
  double sum = 0;
  for (int k = 0; k <= wrong; ++k) {
    double term = 1;
    for (int i = 1; i <= k; ++i) term *= static_cast<double>(sampled - k + i) / i;
    sum += term * std::pow(share, k) * std::pow(1 - share, sampled - k);
  }
  return sum;
}

}  // namespace

TEST_CASE("sample bound: known values") {
  // Computed from the binomial distribution in exact fractions.
  for (const Case& c : std::vector<Case>{{1, 0, 0.95, 0.95},
                                         {59, 0, 0.95, 0.04950760988822694},
                                         {100, 0, 0.95, 0.02951304960703993},
                                         {299, 0, 0.95, 0.009969146792899269},
                                         {10, 1, 0.95, 0.3941633024365047},
                                         {100, 1, 0.95, 0.046559811453538935},
                                         {100, 5, 0.95, 0.1022533776432745},
                                         {100, 50, 0.99, 0.6192825330930476},
                                         {100, 99, 0.95, 0.9994871985837378},
                                         {20, 3, 0.975, 0.3789268265453139},
                                         {500, 2, 0.99, 0.016704560284443414}}) {
    INFO(c.wrong << " of " << c.sampled);
    CHECK(std::fabs(UpperBound(c.sampled, c.wrong, c.confidence) - c.bound) < 1e-12);
  }
}

TEST_CASE("sample bound: nothing sampled or all wrong excludes nothing") {
  CHECK(UpperBound(0, 0, 0.95) == 1.0);
  CHECK(UpperBound(7, 7, 0.95) == 1.0);
  CHECK(UpperBound(7, 8, 0.95) == 1.0);
}

TEST_CASE("sample bound: at the bound the sample has just the doubted chance") {
  for (int sampled = 2; sampled <= 40; ++sampled) {
    for (int wrong = 0; wrong < sampled; ++wrong) {
      const double bound =
          UpperBound(static_cast<std::uint64_t>(sampled), static_cast<std::uint64_t>(wrong), 0.95);
      CHECK(std::fabs(ChanceOfAtMost(sampled, wrong, bound) - 0.05) < 1e-9);
    }
  }
}

TEST_CASE("sample bound: grows with the wrong ones and the confidence, falls with the sample") {
  CHECK(UpperBound(100, 2, 0.95) > UpperBound(100, 1, 0.95));
  CHECK(UpperBound(100, 1, 0.99) > UpperBound(100, 1, 0.95));
  CHECK(UpperBound(200, 1, 0.95) < UpperBound(100, 1, 0.95));
}

TEST_CASE("sample bound: large samples neither overflow nor lose the value") {
  const double bound = UpperBound(1'000'000, 1000, 0.95);
  CHECK(bound > 0.00105);
  CHECK(bound < 0.00106);
  CHECK(UpperBound(1'000'000, 999'999, 0.95) <= 1.0);
  const double none = UpperBound(1'000'000'000, 0, 0.95);
  CHECK(std::fabs(none - 2.9957e-9) < 1e-12);
}
