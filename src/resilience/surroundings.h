#pragma once

#include <string>
#include <string_view>

#include "reembed/base/clock.h"
#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/ports/activity.h"
#include "reembed/ports/log.h"
#include "reembed/ports/provider.h"

namespace reembed {

/// What every wrapper around one provider gets from outside. Outlives the wrappers; all of it is
/// safe to use from several threads.
struct Surroundings {
  Clock& clock;
  Jitter jitter;
  Activity& activity;
  Log& log;
  std::string label;  ///< provider and endpoint, for messages: `name (host:port)`
};

/// `name (host:port)`.
std::string LabelOf(const ProviderProperties& properties);

/// Waits for `duration` (not at all when it is zero or less) and shows `why: 12 s` to the user from
/// one second on. kInterrupted as soon as `stop.drain` is asked for.
Status Wait(const Surroundings& surroundings, Millis duration, std::string_view why,
            const StopTokens& stop);

/// The error of a wait for `what` that a stop has ended.
Error Interrupted(std::string_view what);

/// `12 s`, rounded up.
std::string InSeconds(Millis duration);

/// The error of a server that wants to be left alone for `wait`, which is longer than the user
/// allows: says when the quota resets and which `--max-wait` would sit it out.
Error WaitTooLong(const Surroundings& surroundings, const Error& cause, Millis wait,
                  Millis max_wait);

}  // namespace reembed
