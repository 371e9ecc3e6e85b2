#pragma once

#include <deque>
#include <exception>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "reembed/base/clock.h"
#include "reembed/base/mutex.h"
#include "reembed/ports/activity.h"
#include "reembed/ports/reporter.h"
#include "run_forecast.h"
#include "tally.h"

namespace reembed {

/// Collects what the program waits for. Thread-safe.
class ActivityBoard final : public Activity {
 public:
  int BeginWait(std::string what) override;
  void EndWait(int ticket) override;

  /// What the latest wait is about; empty when nothing is waited for.
  std::string Current() const;

 private:
  mutable Mutex mutex_;
  int next_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::map<int, std::string> waits_ REEMBED_GUARDED_BY(mutex_);
};

/// Documents per second over the last few seconds. A value; the caller supplies the time.
class RateMeter {
 public:
  double Update(SteadyTime now, std::uint64_t done);

 private:
  std::deque<std::pair<SteadyTime, std::uint64_t>> samples_;
};

/// How long it still takes: by what the provider grants for what is left, but not less than at the
/// average pace since the first document was done (the store may be slower). A value.
class RestMeter {
 public:
  /// `provider_left`: seconds, see RunForecast::SecondsLeft. Absent where that is.
  std::optional<double> Update(SteadyTime now, std::uint64_t done, std::uint64_t total,
                               std::optional<double> provider_left);

 private:
  std::optional<SteadyTime> since_;
  std::uint64_t first_ = 0, latest_ = 0;
};

/// Shows a snapshot of one collection's progress several times a second until it is finished.
class ProgressTicker {
 public:
  ProgressTicker(std::string collection, std::uint64_t total, const Tally& tally,
                 const ActivityBoard& activity, Clock& clock, ProgressDisplay& display,
                 const RunForecast* forecast = nullptr);
  ProgressTicker(const ProgressTicker&) = delete;
  ProgressTicker& operator=(const ProgressTicker&) = delete;

  /// Shows the last snapshot and clears the display. Throws what the display threw meanwhile.
  /// Without it the destructor ends the thread and shows nothing.
  void Finish();

 private:
  void Tick(const std::stop_token& stop);
  Progress Snapshot();

  const std::string collection_;
  const std::uint64_t total_;
  const Tally& tally_;
  const ActivityBoard& activity_;
  Clock& clock_;
  ProgressDisplay& display_;
  const RunForecast* const forecast_;  // may be null
  const SteadyTime started_;
  RateMeter rate_;
  RestMeter rest_;
  std::exception_ptr thrown_;  // written by the thread, read when it has ended
  std::jthread thread_;
};

}  // namespace reembed
