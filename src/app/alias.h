#pragma once

#include <utility>

#include "cutover_tools.h"
#include "strategy.h"

namespace reembed {

/// Makes the clone of the plan's collection, or finds the one that an open cutover has begun: an
/// empty collection with the same schema and the new vector length. The run is then opened for the
/// target {to.name, to.created_at, field}: its rows are those of the clone.
/// Errors: those of SchemaEditor, StoreReader and journal. Stop: the first signal ends it at once;
/// what was begun is found again.
Result<Cutover> PrepareClone(const CutoverTools& tools, const CollectionPlan& plan,
                             const StopTokens& stop);

/// Whether the alias leads to the cutover's clone, as the plan sees it. Pure.
bool IsServed(const Cutover& cutover, const CollectionPlan& plan);

/// `alias`: embeds all, fills the clone with whole documents, checks it, switches the alias,
/// carries over what changed across the switch. Search goes on undisturbed. Documents that could
/// not be embedded, copies that the server refuses and counts that differ stop it before the
/// switch, and so do a schema that was changed and an alias that leads elsewhere by now; the clone
/// stays and a rerun continues in it. Every step is journaled before it is done. Once the switch
/// was begun the clone is not filled again unless it holds nothing but the copies that were made:
/// the switch may have happened and been written behind. The cutover is done after the catch-up on
/// the clone; until then a rerun carries over once more.
class AliasStrategy final : public Strategy {
 public:
  /// `cutover`: from PrepareClone.
  AliasStrategy(const CutoverTools& tools, Cutover cutover)
      : tools_(tools), cutover_(std::move(cutover)) {}
  CollectionEnd Run(const CollectionPlan& plan, Journal& journal, Tally& tally,
                    const StopTokens& stop) override;

 private:
  const CutoverTools& tools_;
  Cutover cutover_;
};

}  // namespace reembed
