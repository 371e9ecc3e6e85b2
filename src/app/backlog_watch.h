#pragma once

#include <cstdint>

#include "reembed/base/clock.h"
#include "reembed/base/stop.h"
#include "reembed/ports/activity.h"
#include "reembed/ports/log.h"
#include "reembed/ports/store.h"

namespace reembed {

/// Slows the writer down while the store falls behind: between two requests, at most once a
/// second, it asks how many writes wait there, and pauses as BacklogPause says. Each pause ends
/// after seconds whatever the store says, so the run goes on, if slowly. A store that does not tell
/// is not asked again, which is logged once; one in trouble, a minute later. One per run; one
/// thread at a time.
class BacklogWatch {
 public:
  BacklogWatch(StoreReader& reader, Clock& clock, Activity& activity, Log& log)
      : reader_(reader), clock_(clock), activity_(activity), log_(log), asked_(clock.Now()) {}

  /// To be called before a request. Returns early, or at once, when a stop is asked for. Trouble
  /// with the question is no error: the next write meets the same trouble and deals with it.
  void Pause(const StopTokens& stop);

 private:
  StoreReader& reader_;
  Clock& clock_;
  Activity& activity_;
  Log& log_;
  SteadyTime asked_;  // the first second of a run needs no answer
  Seconds rest_{1};   // from there to the next question
  std::uint64_t pending_ = 0;
  bool told_ = true;  // false: the store does not tell
};

}  // namespace reembed
