#pragma once

#include <cstdint>
#include <string_view>

#include "reembed/core/plan.h"
#include "reembed/core/report.h"

namespace reembed {

/// What the text and the JSON report both derive from the same values. Pure.

/// The `count` of a collection: documents with an outcome; in a dry run those that match.
std::uint64_t ShownCount(const CollectionReport& report);

/// Documents without an outcome when the collection was stopped; 0 unless it was.
std::uint64_t Remaining(const CollectionReport& report);

/// What the run's work means for searches while it goes on. A view of the plan.
std::string_view SearchImpact(const CollectionPlan& plan);

}  // namespace reembed
