#include "reembed/core/failure_limit.h"

namespace reembed {
namespace {

constexpr std::uint64_t kJudgedFrom = 100;

}  // namespace

bool FailureLimit::Reached(std::uint64_t failed, std::uint64_t finished) const {
  if (!set || failed == 0) return false;
  if (!percent) return static_cast<double>(failed) >= value;
  return finished >= kJudgedFrom &&
         static_cast<double>(failed) * 100.0 >= value * static_cast<double>(finished);
}

}  // namespace reembed
