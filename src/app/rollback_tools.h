#pragma once

#include "cutover_tools.h"
#include "first_batch_gate.h"
#include "in_place.h"
#include "rollback_case.h"

namespace reembed {

/// The tools of the strategies for a way back, which embeds nothing. For the length of a scope.
class WayBackTools {
 public:
  explicit WayBackTools(const RollbackCase& work)
      : strategy_{work.tools.reader,
                  work.writing->writer,
                  embedder_,
                  work.tools.clock,
                  gate_,
                  work.writing->backlog,
                  work.writing->activity,
                  work.tools.log,
                  {},
                  {},
                  0,
                  {}},
        cutover_{strategy_, work.tools.journal, work.writing->recovery, work.nodes} {}
  WayBackTools(const WayBackTools&) = delete;
  WayBackTools& operator=(const WayBackTools&) = delete;

  const StrategyTools& strategy() const { return strategy_; }
  const CutoverTools& cutover() const { return cutover_; }

 private:
  class NoEmbedder final : public Embedder {
   public:
    Result<std::vector<TextFailure>> Embed(const Batch&, const EmbedRules&, const VectorSink&,
                                           const StopTokens&) override {
      return Error{.kind = ErrorKind::kRefused, .message = "a rollback embeds nothing"};
    }
    TokenEstimate Estimate() const override { return {}; }
    ProviderUsage Usage() const override { return {}; }
  };

  NoEmbedder embedder_;
  FirstBatchGate gate_;
  const StrategyTools strategy_;
  const CutoverTools cutover_;
};

}  // namespace reembed
