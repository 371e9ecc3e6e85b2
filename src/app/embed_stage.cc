#include "embed_stage.h"

#include <algorithm>
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

// Key, model and length are proved by a vector, not by the refusal of a text.
bool ProvesSetUp(const std::vector<TextOutcome>& answers) {
  return std::any_of(answers.begin(), answers.end(),
                     [](const TextOutcome& answer) { return answer.vector.ok(); });
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
  // The turn stays taken: nobody may ask in the moment before this error stops them all.
  if (!answers.ok()) return answers.error();
  gate_.Leave(ProvesSetUp(*answers));
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
  if (auto status = RecordOutcomes(journal_, tally_, failed); !status.ok()) return status;
  // Not `drain`: what is paid for is written also when the run is asked to end. Without room there
  // is no writer any more, and it has said why.
  if (!ready->empty()) out.Push(std::move(*ready), stop.abort);
  return {};
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
    if (auto status = TakeBatch(std::move(*batch), out, stop); !status.ok()) return status;
  }
  return {};
}

}  // namespace reembed
