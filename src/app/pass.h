#pragma once

#include <functional>
#include <stop_token>

#include "embed_stage.h"
#include "fetch_stage.h"
#include "in_place.h"
#include "stage.h"
#include "write_stage.h"

namespace reembed {

/// One pass over the work list: three stages and the two queues between them. One thread reads,
/// `workers` embed, one writes. Without a writer the vectors stay in the journal. Used once.
class Pass {
 public:
  /// All of them outlive the pass. `writer`, which may be null, is the collection's: what it has
  /// proved and learned holds for the passes to come.
  Pass(const StrategyTools& tools, const CollectionPlan& plan, Journal& journal,
       DocumentLookup& lookup, WriteStage* writer, Tally& tally, const StopTokens& user);

  /// All threads have ended when it returns. Throws what a stage threw.
  CollectionEnd Run();

 private:
  void RunFetchAndEmbed();
  void RunFetch();
  void RunEmbed();
  void RunWrite();
  void LeaveInJournal();
  void Guard(const std::function<void()>& part);

  const StrategyTools& tools_;
  StageStop stop_;
  WaitingRoom room_;
  FetchStage fetch_;
  EmbedStage embed_;
  Tally& tally_;
  WriteStage* const write_;
  BoundedQueue<Batch> batches_;
  ReadyQueue ready_;
  std::stop_callback<std::function<void()>> on_limit_;
};

}  // namespace reembed
