#pragma once

#include <cstdint>

#include "reembed/base/mutex.h"

namespace reembed {

/// Counts how often running, over all workers, vectors of one and the same wrong length came. A
/// server that mixes lengths up now and then is asked again; one that always gives the same has
/// another model or another setting than the user thinks. Thread-safe.
class WrongLengths {
 public:
  /// Returns how many there have been in a row with this one.
  int Wrong(std::uint64_t length) {
    MutexLock lock(mutex_);
    in_a_row_ = length == length_ ? in_a_row_ + 1 : 1;
    length_ = length;
    return in_a_row_;
  }

  void Right() {
    MutexLock lock(mutex_);
    in_a_row_ = 0;
  }

 private:
  Mutex mutex_;
  std::uint64_t length_ REEMBED_GUARDED_BY(mutex_) = 0;
  int in_a_row_ REEMBED_GUARDED_BY(mutex_) = 0;
};

}  // namespace reembed
