#pragma once

#include <span>
#include <string>
#include <vector>

#include "first_batch_gate.h"
#include "reembed/base/bounded_queue.h"
#include "reembed/base/stop.h"
#include "reembed/ports/embedder.h"
#include "reembed/ports/journal.h"
#include "tally.h"
#include "waiting_room.h"

namespace reembed {

using ReadyQueue = BoundedQueue<std::vector<ReadyDocument>>;

/// Second stage: batches in, documents with vectors out. A worker saves each answer in the journal
/// before it asks for anything else; a text without a vector ends its documents here.
/// Stop:    a drain leaves what is queued and finishes the batch in hand, vectors included.
/// Retries: none here; the embedder has done all that is worth doing.
/// Threads: one object, Run by every worker at once.
class EmbedStage {
 public:
  EmbedStage(Embedder& embedder, EmbedRules rules, Journal& journal, Tally& tally,
             WaitingRoom& room, FirstBatchGate& gate)
      : embedder_(embedder),
        rules_(std::move(rules)),
        journal_(journal),
        tally_(tally),
        room_(room),
        gate_(gate) {}

  /// Until `in` is closed and drained, or a stop is asked for. Errors: those of the embedder, all
  /// of which end the run, and of the journal.
  Status Run(BoundedQueue<Batch>& in, ReadyQueue& out, const StopTokens& stop);

 private:
  Status TakeBatch(const Batch& batch, ReadyQueue& out, const StopTokens& stop);
  Status TakeVectors(std::span<const EmbeddedText> texts, ReadyQueue& out, const StopTokens& stop);
  Result<std::vector<DocumentOutcome>> GiveUp(const TextHash& hash, const Error& error);

  Embedder& embedder_;
  const EmbedRules rules_;
  Journal& journal_;
  Tally& tally_;
  WaitingRoom& room_;
  FirstBatchGate& gate_;
};

}  // namespace reembed
