#pragma once

#include <string>
#include <vector>

#include "reembed/core/plan.h"

namespace reembed {

/// The three strategies for a field that is there, in the order of StrategyChoice, each with its
/// times and with what stands against it. `plan` has its lengths, counts and alias already. Pure.
std::vector<StrategyOption> OptionsFor(const CollectionFacts& facts, const FieldSchema& field,
                                       const CollectionPlan& plan, const PlanOptions& options);

/// One of them without anything against it, for work that has begun. Pure.
StrategyOption OptionOf(StrategyChoice strategy, const CollectionFacts& facts,
                        const CollectionPlan& plan);

/// True when both lengths are known and differ. Pure.
bool HasOtherLength(const CollectionPlan& plan);

}  // namespace reembed
