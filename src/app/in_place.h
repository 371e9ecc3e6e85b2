#pragma once

#include <cstdint>
#include <optional>

#include "backlog_watch.h"
#include "first_batch_gate.h"
#include "reembed/base/clock.h"
#include "reembed/core/batcher.h"
#include "reembed/core/request_size.h"
#include "reembed/ports/activity.h"
#include "reembed/ports/embedder.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/log.h"
#include "reembed/ports/store.h"
#include "strategy.h"

namespace reembed {

class RunForecast;

/// What the strategies work with. All references outlive the run.
struct StrategyTools {
  StoreReader& reader;
  StoreWriter& writer;
  Embedder& embedder;
  Clock& clock;
  FirstBatchGate& gate;
  BacklogWatch& backlog;
  Activity& activity;
  Log& log;
  BatchLimits batch_limits;
  RequestSizeRule request_size;
  std::size_t workers = 8;
  std::optional<std::uint64_t> limit;  ///< documents per collection, without catch-up
  bool backup = true;
  bool counts_texts = false;        ///< the provider's request quota counts texts
  RunForecast* forecast = nullptr;  ///< is told what the first scan has counted; null: nobody asks
};

/// `in-place`: embedding and writing at once, under the live index. Search goes on, on vectors of
/// two models until the end. A round is a scan, which makes the work list, and a pass over that
/// list; the next round catches up with what the application changed meanwhile. After the last one
/// what still changes has failed. All threads have ended when Run returns; what one of them throws
/// is thrown by Run.
class InPlaceStrategy final : public Strategy {
 public:
  /// `refill`: all documents instead of those of the filter, as after a rebuild that was cut off.
  explicit InPlaceStrategy(const StrategyTools& tools, bool refill = false)
      : tools_(tools), refill_(refill) {}
  CollectionEnd Run(const CollectionPlan& plan, Journal& journal, Tally& tally,
                    const StopTokens& stop) override;

 private:
  const StrategyTools& tools_;
  const bool refill_;
};

}  // namespace reembed
