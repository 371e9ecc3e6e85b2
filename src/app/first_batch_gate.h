#pragma once

#include <stop_token>

#include "reembed/base/mutex.h"

namespace reembed {

/// Lets the first batch of a run go alone: key, model and vector length are proved by it before
/// more is sent. A batch that proved nothing hands its turn on, so the gate may outlive the
/// collection that it began with. One gate per run. Thread-safe.
class FirstBatchGate {
 public:
  /// Returns at once for the first caller and for everybody once the gate is open; the others
  /// wait. False when a stop is asked for. After true, Leave() must follow; where the batch ends
  /// the run, only when everybody has been stopped.
  bool Enter(const std::stop_token& stop);

  /// With `proved` everybody may go; without it the next one goes alone.
  void Leave(bool proved);

 private:
  Mutex mutex_;
  CondVar changed_;
  bool taken_ REEMBED_GUARDED_BY(mutex_) = false;
  bool open_ REEMBED_GUARDED_BY(mutex_) = false;
};

}  // namespace reembed
