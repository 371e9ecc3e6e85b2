#include "derived.h"

namespace reembed {

std::uint64_t ShownCount(const CollectionReport& report) {
  return report.status == CollectionStatus::kDryRun ? report.matched : report.counts.count();
}

std::uint64_t Remaining(const CollectionReport& report) {
  const bool stopped = report.limited || report.status == CollectionStatus::kInterrupted ||
                       report.status == CollectionStatus::kError;
  const std::uint64_t done = report.counts.count();
  return stopped && report.matched > done ? report.matched - done : 0;
}

std::string_view SearchImpact(const CollectionPlan& plan) {
  if (!plan.blockers.empty()) return "none, the collection is not touched";
  for (const StrategyOption& option : plan.options) {
    if (option.strategy == plan.strategy && plan.strategy != StrategyChoice::kInPlace) {
      return option.searches;
    }
  }
  if (!plan.indexed) return "none, the field has no vector index";
  return "a search may wait for the one write request in work, about `update.target_ms`";
}

}  // namespace reembed
