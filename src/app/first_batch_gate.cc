#include "first_batch_gate.h"

#include <utility>

namespace reembed {

bool FirstBatchGate::Enter(std::stop_token stop) {
  MutexLock lock(mutex_);
  if (!taken_) {
    taken_ = true;
    return !stop.stop_requested();
  }
  changed_.wait(mutex_, stop, [this]() REEMBED_TSA(no_thread_safety_analysis) { return open_; });
  return !stop.stop_requested();
}

void FirstBatchGate::Open() {
  MutexLock lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

}  // namespace reembed
