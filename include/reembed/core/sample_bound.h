#pragma once

#include <cstdint>

namespace reembed {

/// The largest share of wrong documents, 0 to 1, that is compatible with a random sample of
/// `sampled` documents of which `wrong` were wrong: the exact one-sided upper bound of Clopper and
/// Pearson. With `wrong` = 0 it is 1 - (1 - confidence)^(1 / sampled). Nothing sampled, or all
/// wrong: 1.
/// `confidence`: above 0 and below 1, e.g. 0.95. Pure.
double UpperBound(std::uint64_t sampled, std::uint64_t wrong, double confidence);

}  // namespace reembed
