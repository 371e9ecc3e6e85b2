#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "reembed/ports/embedder.h"

namespace reembed {

/// Counts what is asked of the provider. Thread-safe; the numbers of one snapshot may be a request
/// apart while workers are busy.
class UsageMeter {
 public:
  void CountRequest() { ++requests_; }
  void CountRetry() { ++retries_; }
  void CountTokens(std::uint64_t tokens) { tokens_ += tokens; }
  void CountAnswered(std::size_t texts) { texts_ += texts; }

  /// True from the first usable answer on.
  bool AnsweredAny() const { return texts_ > 0; }

  ProviderUsage Snapshot() const {
    return {.requests = requests_, .retries = retries_, .tokens = tokens_, .texts = texts_};
  }

 private:
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> retries_{0};
  std::atomic<std::uint64_t> tokens_{0};
  std::atomic<std::uint64_t> texts_{0};
};

}  // namespace reembed
