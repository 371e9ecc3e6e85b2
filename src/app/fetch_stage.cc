#include "fetch_stage.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "page_sizes.h"
#include "reembed/core/source_text.h"
#include "stage.h"

namespace reembed {
namespace {

// Vectors from the journal go to the writer in portions, so that the queue's bound is one of bytes.
constexpr std::size_t kReadyPortion = 50;

DocumentOutcome Failed(const Document& document, FailureKind kind, std::string message) {
  return {.id = document.id,
          .state = DocumentState::kFailed,
          .failure = {document.id, Stage::kText, kind, std::move(message)}};
}

DocumentOutcome WithoutText(const Document& document, EmptyTextRule rule) {
  if (rule == EmptyTextRule::kSkip) return {.id = document.id, .state = DocumentState::kSkipped};
  return Failed(document, FailureKind::kNoText, "there is no text to embed");
}

// False when nobody takes them any more.
bool PushReady(std::vector<ReadyDocument> documents, ReadyQueue& ready, const StopTokens& stop) {
  for (std::size_t from = 0; from < documents.size(); from += kReadyPortion) {
    const auto begin = documents.begin() + static_cast<std::ptrdiff_t>(from);
    const auto size = std::min(kReadyPortion, documents.size() - from);
    std::vector<ReadyDocument> portion(
        std::make_move_iterator(begin),
        std::make_move_iterator(begin + static_cast<std::ptrdiff_t>(size)));
    if (!ready.Push(std::move(portion), stop.drain)) return false;
  }
  return true;
}

}  // namespace

void FetchStage::Prepare(const Document& document, Prepared& prepared) const {
  auto text = ComposeSentText(config_, document.json);
  if (!text.ok()) {
    prepared.ended.push_back(Failed(document, FailureKind::kTextType, text.error().message));
  } else if (text->empty()) {
    prepared.ended.push_back(WithoutText(document, config_.on_empty_text));
  } else {
    prepared.ids.push_back(document.id);
    PendingText pending{HashText(*text), *std::move(text)};
    pending.shape = ShapeOf(pending.text);
    prepared.texts.push_back(std::move(pending));
  }
}

FetchStage::Prepared FetchStage::Prepare(const std::vector<FoundDocument>& page) const {
  Prepared prepared;
  for (const FoundDocument& found : page) {
    switch (found.state) {
      case LookupState::kFound:
        Prepare(found.document, prepared);
        break;
      case LookupState::kGone:
        prepared.ended.push_back({.id = found.document.id, .state = DocumentState::kDeleted});
        break;
      case LookupState::kOutsideFilter:  // it left the filter before it was written
        prepared.ended.push_back({.id = found.document.id, .state = DocumentState::kSkipped});
        break;
    }
  }
  return prepared;
}

Status FetchStage::TakePage(const std::vector<FoundDocument>& page, BoundedQueue<Batch>& batches,
                            ReadyQueue& ready, const StopTokens& stop) {
  Prepared prepared = Prepare(page);
  if (auto status = RecordOutcomes(journal_, tally_, prepared.ended); !status.ok()) return status;
  std::vector<SeenDocument> seen;
  seen.reserve(prepared.ids.size());
  for (std::size_t i = 0; i < prepared.ids.size(); ++i) {
    seen.push_back({prepared.ids[i], prepared.texts[i].hash});
  }
  auto admitted = journal_.Admit(seen);
  if (!admitted.ok()) return admitted.error();
  room_.Enter(seen.size() - admitted->ready.size());
  if (!PushReady(std::move(admitted->ready), ready, stop)) return {};
  // Quotas are learned on the way.
  batcher_.Limit(SmoothUnder(rules_.limits, embedder_.Pace(), rules_.counts_texts));
  for (const std::size_t index : admitted->embed) {
    auto batch = batcher_.Add(std::move(prepared.texts[index]), embedder_.Estimate());
    if (batch && !batches.Push(std::move(*batch), stop.drain)) return {};
  }
  return {};
}

// What is waited for may be in the open batch: that one goes first. False after a stop.
bool FetchStage::WaitForRoom(BoundedQueue<Batch>& batches, const StopTokens& stop) {
  if (!room_.IsFull()) return true;
  auto open = batcher_.Flush();
  if (open && !batches.Push(std::move(*open), stop.drain)) return false;
  return room_.WaitForRoom(stop.drain);
}

Status FetchStage::Run(BoundedQueue<Batch>& batches, ReadyQueue& ready, const StopTokens& stop) {
  std::string after;
  while (!stop.drain.stop_requested()) {
    const auto ids = journal_.NextPending(after, kIdsAtOnce);
    if (!ids.ok()) return ids.error();
    if (ids->empty()) {
      // Only now: texts left over from one page share a request with those of the next.
      auto rest = batcher_.Flush();
      complete_ = !rest || batches.Push(std::move(*rest), stop.drain);
      return {};
    }
    after = ids->back();
    const auto page = lookup_.Find(*ids, stop);
    if (!page.ok()) return page.error();
    if (auto status = TakePage(*page, batches, ready, stop); !status.ok()) return status;
    if (!WaitForRoom(batches, stop)) return {};
  }
  return {};
}

}  // namespace reembed
