#include "embed_stage.h"

#include <iterator>
#include <utility>

#include "stage.h"

namespace reembed {
namespace {

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
  std::vector<DocumentOutcome> outcomes;
  for (std::string& id : *ids) {
    Failure failure{id, Stage::kEmbed, KindOf(error.kind), error.message};
    outcomes.push_back({std::move(id), DocumentState::kFailed, std::move(failure)});
  }
  return outcomes;
}

Status EmbedStage::TakeBatch(Batch batch, ReadyQueue& out, const StopTokens& stop) {
  auto answers = embedder_.Embed(batch, rules_, stop);
  if (!answers.ok()) return answers.error();
  gate_.Open();
  std::vector<EmbeddedText> embedded;
  std::vector<DocumentOutcome> failed;
  for (std::size_t i = 0; i < answers->size(); ++i) {
    TextOutcome& answer = (*answers)[i];
    const TextHash& hash = batch.texts[i].hash;
    if (answer.vector.ok()) {
      embedded.push_back({hash, std::move(*answer.vector), answer.truncated});
      continue;
    }
    auto given_up = GiveUp(hash, answer.vector.error());
    if (!given_up.ok()) return given_up.error();
    std::move(given_up->begin(), given_up->end(), std::back_inserter(failed));
  }
  auto ready = journal_.SaveVectors(embedded);
  if (!ready.ok()) return ready.error();
  // Not `drain`: what is paid for is written also when the run is asked to end.
  if (!ready->empty() && !out.Push(std::move(*ready), stop.abort)) return {};
  return RecordOutcomes(journal_, tally_, failed);
}

Status EmbedStage::Run(BoundedQueue<Batch>& in, ReadyQueue& out, const StopTokens& stop) {
  while (auto batch = in.Pop(stop.drain)) {
    if (stop.drain.stop_requested() || !gate_.Enter(stop.drain)) break;
    if (auto status = TakeBatch(std::move(*batch), out, stop); !status.ok()) return status;
  }
  return {};
}

}  // namespace reembed
