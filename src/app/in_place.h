#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "backlog_watch.h"
#include "first_batch_gate.h"
#include "reembed/base/clock.h"
#include "reembed/core/batcher.h"
#include "reembed/core/request_size.h"
#include "reembed/ports/embedder.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/store.h"
#include "strategy.h"

namespace reembed {

/// Makes the journal of one collection's run.
using JournalFactory = std::function<std::unique_ptr<Journal>(const CollectionPlan&)>;

/// What the strategies work with. All references outlive the run.
struct StrategyTools {
  StoreReader& reader;
  StoreWriter& writer;
  Embedder& embedder;
  Clock& clock;
  FirstBatchGate& gate;
  BacklogWatch& backlog;
  JournalFactory make_journal;
  BatchLimits batch_limits;
  RequestSizeRule request_size;
  std::size_t workers = 8;
  std::optional<std::uint64_t> limit;  ///< documents per collection
};

/// `in-place`: embedding and writing at once, under the live index. Search goes on, on vectors of
/// two models until the end. Three stages with a queue between each: one thread reads, `workers`
/// embed, one writes. All of them have ended when Run returns; what one of them throws is thrown
/// by Run.
class InPlaceStrategy final : public Strategy {
 public:
  explicit InPlaceStrategy(const StrategyTools& tools) : tools_(tools) {}
  CollectionEnd Run(const CollectionPlan& plan, Tally& tally, const StopTokens& stop) override;

 private:
  const StrategyTools& tools_;
};

}  // namespace reembed
