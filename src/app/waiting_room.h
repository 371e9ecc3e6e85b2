#pragma once

#include <cstddef>
#include <stop_token>

#include "reembed/base/mutex.h"

namespace reembed {

/// Counts the documents that are between fetching and their vector. Those whose text is on its way
/// already make no batch, so the queue of batches does not hold the fetcher back; this does, or a
/// collection of few different texts would be read to its end before the first answer. Thread-safe.
class WaitingRoom {
 public:
  void Enter(std::size_t documents) {
    MutexLock lock(mutex_);
    waiting_ += documents;
  }
  void Leave(std::size_t documents) {
    {
      MutexLock lock(mutex_);
      waiting_ -= documents;
    }
    changed_.notify_all();
  }
  bool IsFull() const {
    MutexLock lock(mutex_);
    return waiting_ > kMost;
  }
  /// False when a stop is asked for first.
  bool WaitForRoom(const std::stop_token& stop) {
    MutexLock lock(mutex_);
    return changed_.wait(mutex_, stop,
                         [this]() REEMBED_REQUIRES(mutex_) { return waiting_ <= kMost; });
  }

  static constexpr std::size_t kMost = 10'000;

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  std::size_t waiting_ REEMBED_GUARDED_BY(mutex_) = 0;
};

}  // namespace reembed
