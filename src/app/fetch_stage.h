#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "batch_limits.h"
#include "embed_stage.h"
#include "reembed/base/bounded_queue.h"
#include "reembed/base/stop.h"
#include "reembed/core/batcher.h"
#include "reembed/core/config.h"
#include "reembed/ports/embedder.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/store.h"
#include "tally.h"
#include "waiting_room.h"

namespace reembed {

/// First stage: the journal's work list in, batches of texts out. Each text is read just before it
/// is embedded, by id, so nothing is missed or read twice while the collection changes. A document
/// without usable text ends here: failed or skipped, as the configuration says. A text that is paid
/// for goes straight to the writer, one that is on its way is not sent again.
/// Stop:    a drain ends it between two documents; what it has not handed on stays in the work
/// list. Retries: none here; the lookup reads again.   Threads: one.
class FetchStage {
 public:
  FetchStage(DocumentLookup& lookup, const Embedder& embedder, Journal& journal, Tally& tally,
             WaitingRoom& room, const CollectionConfig& config, const BatchRules& rules)
      : lookup_(lookup),
        embedder_(embedder),
        journal_(journal),
        tally_(tally),
        room_(room),
        config_(config),
        rules_(rules),
        batcher_(rules.limits, kFirstBatch) {}

  /// Errors: those of lookup and journal.
  Status Run(BoundedQueue<Batch>& batches, ReadyQueue& ready, const StopTokens& stop);

  /// After Run: the whole work list was handed on.
  bool complete() const { return complete_; }

 private:
  struct Prepared {
    std::vector<std::string> ids;
    std::vector<PendingText> texts;  // parallel to ids
    std::vector<DocumentOutcome> ended;
  };

  void Prepare(const Document& document, Prepared& prepared) const;
  Prepared Prepare(const std::vector<FoundDocument>& page) const;
  Status TakePage(const std::vector<FoundDocument>& page, BoundedQueue<Batch>& batches,
                  ReadyQueue& ready, const StopTokens& stop);

  bool WaitForRoom(BoundedQueue<Batch>& batches, const StopTokens& stop);

  DocumentLookup& lookup_;
  const Embedder& embedder_;
  Journal& journal_;
  Tally& tally_;
  WaitingRoom& room_;
  const CollectionConfig& config_;
  const BatchRules rules_;
  Batcher batcher_;
  bool complete_ = false;
};

}  // namespace reembed
