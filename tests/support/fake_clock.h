#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/base/mutex.h"

namespace reembed::testing {

/// Time that passes only when somebody sleeps or a test says so. Thread-safe.
class FakeClock final : public Clock {
 public:
  SteadyTime Now() const override {
    MutexLock lock(mutex_);
    return SteadyTime{} + std::chrono::hours(1) + elapsed_;
  }

  /// 2026-11-21T00:00:00Z and what has passed since.
  WallTime Wall() const override {
    MutexLock lock(mutex_);
    return WallTime{} + std::chrono::seconds(1'795'219'200) + elapsed_;
  }

  /// Notes the wait and lets it pass at once. After a stop: false, nothing noted, no time passes.
  bool SleepFor(Millis duration, std::stop_token stop) override {
    if (stop.stop_requested()) return false;
    std::function<void(Millis)> on_sleep;
    {
      MutexLock lock(mutex_);
      if (held_ && duration >= *held_) {
        changed_.wait(mutex_, stop, [] { return false; });
        return false;
      }
      waits_.push_back(duration);
      elapsed_ += duration;
      on_sleep = on_sleep_;
    }
    if (on_sleep) on_sleep(duration);
    return !stop.stop_requested();
  }

  /// From now on waits of `duration` and longer last until they are stopped: a limit of time that
  /// runs beside the work is not reached.
  void HoldFrom(Millis duration) {
    MutexLock lock(mutex_);
    held_ = duration;
  }

  void Advance(Millis duration) {
    MutexLock lock(mutex_);
    elapsed_ += duration;
  }

  /// Called within every sleep: the place to ask for a stop.
  void OnSleep(std::function<void(Millis)> on_sleep) {
    MutexLock lock(mutex_);
    on_sleep_ = std::move(on_sleep);
  }

  /// Every wait so far, in order.
  std::vector<Millis> waits() const {
    MutexLock lock(mutex_);
    return waits_;
  }

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  std::optional<Millis> held_ REEMBED_GUARDED_BY(mutex_);
  Millis elapsed_ REEMBED_GUARDED_BY(mutex_){0};
  std::vector<Millis> waits_ REEMBED_GUARDED_BY(mutex_);
  std::function<void(Millis)> on_sleep_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace reembed::testing
