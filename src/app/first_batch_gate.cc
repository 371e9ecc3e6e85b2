#include "first_batch_gate.h"

#include <utility>

namespace reembed {

bool FirstBatchGate::Enter(const std::stop_token& stop) {
  MutexLock lock(mutex_);
  const bool passes = changed_.wait(
      mutex_, stop, [this]() REEMBED_TSA(no_thread_safety_analysis) { return open_ || !taken_; });
  if (!passes || stop.stop_requested()) return false;
  taken_ = true;
  return true;
}

void FirstBatchGate::Leave(bool proved) {
  MutexLock lock(mutex_);
  open_ = open_ || proved;
  taken_ = false;
  changed_.notify_all();
}

}  // namespace reembed
