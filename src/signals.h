#pragma once

#include <stop_token>
#include <thread>

#include "reembed/base/stop.h"

namespace reembed {

/// Turns SIGINT and SIGTERM into stops: the first asks to drain, the second to abort. Construct it
/// before any other thread, which then inherits the blocked signals. SIGPIPE is ignored: a closed
/// pipe is an error where it is written to.
class SignalStops {
 public:
  SignalStops();
  ~SignalStops();
  SignalStops(const SignalStops&) = delete;
  SignalStops& operator=(const SignalStops&) = delete;

  StopTokens tokens() const { return {drain_.get_token(), abort_.get_token()}; }

 private:
  void Wait(std::stop_token stop);

  std::stop_source drain_;
  std::stop_source abort_;
  std::jthread thread_;
};

}  // namespace reembed
