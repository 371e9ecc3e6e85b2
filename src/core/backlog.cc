#include "reembed/core/backlog.h"

namespace reembed {
namespace {

// Every import adds a few for a moment, also when the server keeps up.
constexpr std::uint64_t kFew = 10;
constexpr std::uint64_t kHigh = 250;
constexpr Millis kShortPause{1'000};
constexpr Millis kLongPause{5'000};

}  // namespace

Millis BacklogPause(std::uint64_t previous, std::uint64_t current) {
  if (current >= kHigh) return kLongPause;
  return current > kFew && current > previous ? kShortPause : Millis{0};
}

}  // namespace reembed
