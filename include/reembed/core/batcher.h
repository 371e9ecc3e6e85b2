#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "reembed/core/document.h"
#include "reembed/core/token_estimate.h"

namespace reembed {

/// The texts of one provider request, all different.
struct Batch {
  std::vector<PendingText> texts;
  std::uint64_t estimated_tokens = 0;
  std::uint64_t bytes = 0;
  TextShape shape = {};  ///< of all texts together
};

/// What one request may hold. Zero means no limit.
struct BatchLimits {
  std::size_t max_texts = 1;
  std::uint64_t max_tokens = 0;
  std::uint64_t max_bytes = 0;
};

/// Packs texts into batches in the order in which they come. A single text above the limits gets a
/// batch of its own. A value with no clock and no I/O; one thread.
class Batcher {
 public:
  /// `first` bounds the first batch of a run, which goes alone and is small.
  Batcher(BatchLimits limits, BatchLimits first);

  /// From now on; the open batch takes no more than these allow. Not before the first batch of the
  /// run is out, which keeps its own.
  void Limit(BatchLimits limits);

  /// Takes a text; returns the batch that it completed, if any. A text that comes without its
  /// shape gets it here.
  std::optional<Batch> Add(PendingText text, const TokenEstimate& estimate);

  /// What is left at the end.
  std::optional<Batch> Flush();

 private:
  bool HasRoomFor(std::uint64_t tokens, std::uint64_t bytes) const;
  Batch Take();

  BatchLimits limits_;
  BatchLimits current_;  // `first` until the first batch is out
  bool first_is_out_ = false;
  Batch open_;
};

}  // namespace reembed
