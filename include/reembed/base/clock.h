#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

namespace reembed {

using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

/// Time as an argument, so that tests need none. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime Now() const = 0;  ///< never jumps; for durations
  virtual WallTime Wall() const = 0;   ///< for stamps and for "resets at midnight"
  /// Waits for `duration`, or until a stop is asked for. False when it was asked for.
  virtual bool SleepFor(Millis duration, std::stop_token stop) = 0;
};

/// The machine's clock. SleepFor waits on a condition variable, so a stop ends it at once.
class SystemClock final : public Clock {
 public:
  SteadyTime Now() const override;
  WallTime Wall() const override;
  bool SleepFor(Millis duration, std::stop_token stop) override;
};

/// In seconds, with fractions.
inline double SecondsBetween(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double>(to - from).count();
}

/// A random number in [0, 1), for jitter. Must be safe to call from several threads.
using Jitter = std::function<double()>;

/// Seeded from the operating system.
Jitter RandomJitter();

/// 2026-11-21T02:34:15Z
std::string IsoTime(WallTime time);

}  // namespace reembed
