#pragma once

#include <functional>
#include <stop_token>
#include <thread>

#include "reembed/base/clock.h"
#include "reembed/base/stop.h"

namespace reembed {

/// Tokens that stop at once when `limit` is over, or when `outer` aborts. For the length of a
/// scope.
class TimeLimit {
 public:
  TimeLimit(Clock& clock, Millis limit, const StopTokens& outer)
      : on_abort_(outer.abort, [this] { over_.request_stop(); }),
        timer_([this, &clock, limit](const std::stop_token& ended) {
          if (clock.SleepFor(limit, ended)) over_.request_stop();
        }) {}
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

  StopTokens tokens() const { return {over_.get_token(), over_.get_token()}; }

 private:
  std::stop_source over_;
  std::stop_callback<std::function<void()>> on_abort_;
  std::jthread timer_;
};

}  // namespace reembed
