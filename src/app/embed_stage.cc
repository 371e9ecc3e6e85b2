#include "embed_stage.h"

#include <iterator>
#include <utility>

#include "stage.h"

namespace reembed {
namespace {

// The embedder gives a single text up for these reasons only (see TextOutcome).
FailureKind KindOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kTooLong:
      return FailureKind::kTooLong;
    case ErrorKind::kBadText:
      return FailureKind::kBadText;
    default:
      return FailureKind::kTransient;
  }
}

}  // namespace

Result<std::vector<DocumentOutcome>> EmbedStage::GiveUp(const TextHash& hash, const Error& error) {
  auto ids = journal_.GiveUp(hash);
  if (!ids.ok()) return ids.error();
  room_.Leave(ids->size());
  std::vector<DocumentOutcome> outcomes;
  for (std::string& id : *ids) {
    Failure failure{id, Stage::kEmbed, KindOf(error.kind), error.message};
    outcomes.push_back({std::move(id), DocumentState::kFailed, std::move(failure)});
  }
  return outcomes;
}

Status EmbedStage::TakeVectors(std::span<const EmbeddedText> texts, ReadyQueue& out,
                               const StopTokens& stop) {
  auto ready = journal_.SaveVectors(texts);
  if (!ready.ok()) return ready.error();
  room_.Leave(ready->size());
  // Not `drain`: what is paid for is written also when the run is asked to end. Without room there
  // is no writer any more, and it has said why.
  if (!ready->empty()) out.Push(std::move(*ready), stop.abort);
  return {};
}

Status EmbedStage::TakeBatch(const Batch& batch, ReadyQueue& out, const StopTokens& stop) {
  // Key, model and length are proved by a vector, not by the refusal of a text.
  bool proved = false;
  const VectorSink sink = [&](std::span<const EmbeddedText> texts) {
    proved = true;
    return TakeVectors(texts, out, stop);
  };
  auto failures = embedder_.Embed(batch, rules_, sink, stop);
  // The turn stays taken: nobody may ask in the moment before this error stops them all.
  if (!failures.ok()) return failures.error();
  gate_.Leave(proved);
  std::vector<DocumentOutcome> failed;
  for (const TextFailure& failure : *failures) {
    auto given_up = GiveUp(batch.texts[failure.index].hash, failure.error);
    if (!given_up.ok()) return given_up.error();
    std::move(given_up->begin(), given_up->end(), std::back_inserter(failed));
  }
  return RecordOutcomes(journal_, tally_, failed);
}

Status EmbedStage::Run(BoundedQueue<Batch>& in, ReadyQueue& out, const StopTokens& stop) {
  // The gate before the queue: whoever goes alone must hold the first batch, which is the small
  // one.
  while (gate_.Enter(stop.drain)) {
    auto batch = in.Pop(stop.drain);
    if (!batch || stop.drain.stop_requested()) {
      gate_.Leave(/*proved=*/false);
      break;
    }
    if (auto status = TakeBatch(*batch, out, stop); !status.ok()) return status;
  }
  return {};
}

}  // namespace reembed
