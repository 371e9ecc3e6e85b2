#pragma once

#include <optional>

#include "reembed/core/plan.h"

namespace reembed {

/// The field as it was, when `cutover` has dropped it and not brought it back; `now` is what the
/// schema has in its place: nothing, or an array without a fixed length that the server has
/// detected by itself. Absent otherwise, and for a damaged record. Pure.
std::optional<FieldSchema> DroppedField(const Cutover& cutover, const FieldSchema* now);

/// True for a switch of aliases that may have happened: the plan is to go on with it.
bool IsPastReturn(const Cutover& cutover);

/// A switch of aliases that only fills its clone yet: a plan of the same strategy goes on in it,
/// one that asks for another must give it up first. Pure.
void GoOnFilling(const Cutover& cutover, CollectionPlan& plan);

/// The plan goes on with `cutover`: its strategy, and nothing is judged again. Pure.
void GoOnWith(const Cutover& cutover, const CollectionFacts& facts, CollectionPlan& plan);

/// A rollback that was cut off stands against any run. Pure.
void JudgeWayBack(const Cutover& cutover, CollectionPlan& plan);

}  // namespace reembed
