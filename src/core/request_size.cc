#include "reembed/core/request_size.h"

#include <algorithm>

namespace reembed {

std::size_t NextRequestSize(const RequestSizeRule& rule, std::size_t current, std::size_t sent,
                            Millis elapsed) {
  if (sent == 0) return current;
  const double per_document =
      static_cast<double>(std::max<Millis::rep>(elapsed.count(), 1)) / static_cast<double>(sent);
  const double wanted = static_cast<double>(rule.target.count()) / per_document;
  const bool was_full = sent >= current;
  const double most = was_full ? static_cast<double>(2 * current) : static_cast<double>(current);
  const auto next = static_cast<std::size_t>(std::min(wanted, most));
  return std::clamp(next, rule.smallest, rule.largest);
}

}  // namespace reembed
