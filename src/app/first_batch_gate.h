#pragma once

#include <stop_token>

#include "reembed/base/mutex.h"

namespace reembed {

/// Lets the first batch of a run go alone: key, model and vector length are proved by it before
/// more is sent. One gate per run. Thread-safe.
class FirstBatchGate {
 public:
  /// Returns at once for the first caller and for everybody once the gate is open; the others
  /// wait. False when a stop is asked for.
  bool Enter(std::stop_token stop);

  /// The first batch has been answered: everybody may go.
  void Open();

 private:
  Mutex mutex_;
  CondVar changed_;
  bool taken_ REEMBED_GUARDED_BY(mutex_) = false;
  bool open_ REEMBED_GUARDED_BY(mutex_) = false;
};

}  // namespace reembed
