#pragma once

#include <optional>
#include <string>

#include "reembed/base/error.h"
#include "reembed/base/stop.h"
#include "reembed/core/plan.h"
#include "reembed/core/strategy.h"
#include "reembed/ports/journal.h"
#include "tally.h"

namespace reembed {

/// How a collection's migration ended. Failed documents are no error; see the tally.
struct CollectionEnd {
  std::optional<Error> error = {};
  bool ends_run = false;  ///< the error concerns every collection
  bool complete = false;  ///< every document of the pass has an outcome
  bool limited = false;   ///< `--limit` left documents out of it
  /// Why it stopped short of its goal although nothing went wrong with the store: documents could
  /// not be embedded, for example; then the end is partial (exit 3). Of an end that was
  /// interrupted: what that means.
  std::string stopped_because = {};
};

/// How new vectors reach a collection: three properties (StrategyTraits) and the order of steps.
/// Run blocks until the collection is done, has failed or was stopped; documents are counted in
/// `tally` by then, each once. A drain finishes what is in flight, an abort nothing.
class Strategy {
 public:
  virtual ~Strategy() = default;
  virtual CollectionEnd Run(const CollectionPlan& plan, Journal& journal, Tally& tally,
                            const StopTokens& stop) = 0;
};

}  // namespace reembed
