#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "src/resilience/with_retry.h"

namespace reembed {

/// Some texts of a batch, by index, that make one request.
struct Piece {
  std::vector<std::size_t> texts;
  Tries tries;
  bool alone_at_last = false;  ///< single because its batch used up its attempts
};

/// The pieces of one batch that have yet to be answered. Parts of a piece come next, in the order
/// of the texts; only what is postponed goes to the end. No piece is empty. One thread.
class WorkQueue {
 public:
  WorkQueue(const RetryPolicy& batch, const RetryPolicy& single) : batch_(batch), single_(single) {}

  bool empty() const { return pieces_.empty(); }
  Piece Pop();

  /// Puts a piece with attempts of its own in front; nothing when `texts` is empty.
  void PushNext(std::vector<std::size_t> texts);

  /// The first `count` texts and the rest.
  void SplitAt(const Piece& piece, std::size_t count);
  void Bisect(const Piece& piece) { SplitAt(piece, piece.texts.size() / 2); }

  /// All but the text at `position`.
  void PushRest(const Piece& piece, std::size_t position);

  /// Every text on its own, with the attempts that single texts have.
  void PushSingles(const Piece& piece);

  /// To the end of the queue, in halves; a single text as it is, with the attempts it has left.
  void Postpone(Piece piece);

 private:
  Piece Make(std::vector<std::size_t> texts) const;

  const RetryPolicy batch_;
  const RetryPolicy single_;
  std::deque<Piece> pieces_;
};

}  // namespace reembed
