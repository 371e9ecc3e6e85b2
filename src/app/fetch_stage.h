#pragma once

#include <cstdint>
#include <optional>

#include "reembed/base/bounded_queue.h"
#include "reembed/base/stop.h"
#include "reembed/core/batcher.h"
#include "reembed/core/config.h"
#include "reembed/ports/embedder.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/store.h"
#include "tally.h"

namespace reembed {

/// First stage: pages in, batches of texts out. A document without usable text ends here: failed
/// or skipped, as the configuration says. A text that is already on its way is not sent again.
/// Stop:    a drain ends it between two documents; what it has not handed on is not begun.
/// Retries: none here; the fetcher reads again.   Threads: one.
class FetchStage {
 public:
  FetchStage(DocumentFetcher& fetcher, const Embedder& embedder, Journal& journal, Tally& tally,
             const CollectionConfig& config, Batcher batcher)
      : fetcher_(fetcher),
        embedder_(embedder),
        journal_(journal),
        tally_(tally),
        config_(config),
        batcher_(std::move(batcher)) {}

  /// `limit`: so many documents at most. Errors: those of fetcher and journal.
  Status Run(std::optional<std::uint64_t> limit, BoundedQueue<Batch>& out, const StopTokens& stop);

  /// After Run: how many documents were taken, each id once, and whether that was the whole pass
  /// (or `limit`).
  std::uint64_t taken() const { return taken_; }
  bool complete() const { return complete_; }

 private:
  struct Prepared {
    std::vector<std::string> ids;
    std::vector<PendingText> texts;  // parallel to ids
    std::vector<DocumentOutcome> ended;
  };

  Prepared Prepare(const Page& page) const;
  Status TakePage(const Page& page, BoundedQueue<Batch>& out, const StopTokens& stop);

  DocumentFetcher& fetcher_;
  const Embedder& embedder_;
  Journal& journal_;
  Tally& tally_;
  const CollectionConfig& config_;
  Batcher batcher_;
  std::uint64_t taken_ = 0;
  bool complete_ = false;
};

}  // namespace reembed
