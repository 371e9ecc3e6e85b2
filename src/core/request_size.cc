#include "reembed/core/request_size.h"

#include <algorithm>

namespace reembed {
namespace {

constexpr double kAim = 0.8;     // of the target
constexpr double kGrowth = 1.5;  // at most, from one request to the next

}  // namespace

std::size_t NextRequestSize(const RequestSizeRule& rule, std::size_t current, std::size_t sent,
                            Millis elapsed) {
  if (sent == 0) return current;
  const double per_document =
      static_cast<double>(std::max<Millis::rep>(elapsed.count(), 1)) / static_cast<double>(sent);
  const double wanted = kAim * static_cast<double>(rule.target.count()) / per_document;
  const bool was_full = sent >= current;
  const double most = static_cast<double>(current) * (was_full ? kGrowth : 1.0);
  const auto next = static_cast<std::size_t>(std::min(wanted, most));
  return std::clamp(next, rule.smallest, rule.largest);
}

}  // namespace reembed
