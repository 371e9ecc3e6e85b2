#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cutover_tools.h"
#include "reembed/base/result.h"
#include "reembed/core/plan.h"
#include "reembed/core/recipe.h"

namespace reembed {

// How a collection stands that an earlier run left in the middle of a rebuild or an alias switch,
// and what a run has to do about it before and after its own work.

/// What the server shows is settled only when nothing is in work any more: a drop goes on when the
/// run that sent it is killed, and the old schema is shown until it is done. True when it had to be
/// waited for, so that the facts have to be gathered again.
Result<bool> AwaitAlteration(StoreWriter& writer, Activity& activity, const Cutover& open,
                             const StopTokens& stop);

/// Why this plan must not be begun; empty: it may. `recipe`: of the run that would begin.
///  - Another field of the collection, or the collection of that name on another cluster, has an
///    open rebuild: there is one recovery file for both.
///  - Its own window is open, and what the journal has ready is by another recipe, or `forced` asks
///    for another embedding of it.
///  - `limited` and a strategy that concerns the whole collection.
/// Errors: those of the journal.
Result<std::string> WhyNotBegin(const CutoverTools& tools, const CollectionPlan& plan,
                                const Recipe& recipe, bool limited, bool forced);

/// What an earlier run has left to be done beside the plan.
struct LeftBehind {
  /// A rebuild whose field is there again, whoever added it: what was removed for that is refilled,
  /// then the cutover ends.
  bool refill = false;
  std::optional<Cutover> open;  ///< that ends after the refill
};

/// Judges an open rebuild that the plan does not go on with: with the old length it has not begun
/// and is given up; with the new one it is refilled. Without one, a recovery file that is there
/// says the same.
Result<LeftBehind> Settle(const CutoverTools& tools, const CollectionPlan& plan,
                          const std::optional<Cutover>& open);
/// After a run that completed.
Status EndSettled(const CutoverTools& tools, const CollectionPlan& plan, LeftBehind& left);

}  // namespace reembed
