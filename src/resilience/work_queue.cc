#include "src/resilience/work_queue.h"

#include <iterator>
#include <utility>

namespace reembed {
namespace {

using Indices = std::vector<std::size_t>;

Indices Slice(const Indices& texts, std::size_t begin, std::size_t end) {
  return {std::next(texts.begin(), static_cast<std::ptrdiff_t>(begin)),
          std::next(texts.begin(), static_cast<std::ptrdiff_t>(end))};
}

}  // namespace

Piece WorkQueue::Pop() {
  Piece piece = std::move(pieces_.front());
  pieces_.pop_front();
  return piece;
}

void WorkQueue::PushNext(Indices texts) {
  if (!texts.empty()) pieces_.push_front(Make(std::move(texts)));
}

void WorkQueue::SplitAt(const Piece& piece, std::size_t count) {
  PushNext(Slice(piece.texts, count, piece.texts.size()));
  PushNext(Slice(piece.texts, 0, count));
}

void WorkQueue::PushRest(const Piece& piece, std::size_t position) {
  Indices rest = piece.texts;
  rest.erase(std::next(rest.begin(), static_cast<std::ptrdiff_t>(position)));
  PushNext(std::move(rest));
}

void WorkQueue::PushSingles(const Piece& piece) {
  for (auto index = piece.texts.rbegin(); index != piece.texts.rend(); ++index) {
    pieces_.push_front({.texts = {*index}, .tries = {.policy = single_}, .alone_at_last = true});
  }
}

void WorkQueue::Postpone(Piece piece) {
  if (piece.texts.size() == 1) {
    pieces_.push_back(std::move(piece));
    return;
  }
  const std::size_t half = piece.texts.size() / 2;
  pieces_.push_back(Make(Slice(piece.texts, 0, half)));
  pieces_.push_back(Make(Slice(piece.texts, half, piece.texts.size())));
}

Piece WorkQueue::Make(Indices texts) const {
  return {.texts = std::move(texts), .tries = {.policy = batch_}};
}

}  // namespace reembed
