#include "reembed/core/batcher.h"

#include <utility>

namespace reembed {
namespace {

bool Within(std::uint64_t value, std::uint64_t limit) {
  return limit == 0 || value <= limit;
}

}  // namespace

Batcher::Batcher(BatchLimits limits, BatchLimits first) : limits_(limits), current_(first) {}

bool Batcher::HasRoomFor(std::uint64_t tokens, std::uint64_t bytes) const {
  return Within(open_.texts.size() + 1, current_.max_texts) &&
         Within(open_.estimated_tokens + tokens, current_.max_tokens) &&
         Within(open_.bytes + bytes, current_.max_bytes);
}

void Batcher::Limit(BatchLimits limits) {
  limits_ = limits;
  if (first_is_out_) current_ = limits;
}

Batch Batcher::Take() {
  current_ = limits_;
  first_is_out_ = true;
  return std::exchange(open_, {});
}

std::optional<Batch> Batcher::Add(PendingText text, const TokenEstimate& estimate) {
  if (text.shape.texts == 0) text.shape = ShapeOf(text.text);
  const std::uint64_t tokens = estimate.TokensIn(text.shape);
  const std::uint64_t bytes = text.text.size();
  std::optional<Batch> full;
  if (!open_.texts.empty() && !HasRoomFor(tokens, bytes)) full = Take();
  open_.estimated_tokens += tokens;
  open_.bytes += bytes;
  open_.shape += text.shape;
  open_.texts.push_back(std::move(text));
  // Handed out as soon as it is full, so that the last batch of a page does not wait for the next.
  const bool no_more = current_.max_texts != 0 && open_.texts.size() >= current_.max_texts;
  if (!full && no_more) full = Take();
  return full;
}

std::optional<Batch> Batcher::Flush() {
  if (open_.texts.empty()) return std::nullopt;
  return Take();
}

}  // namespace reembed
