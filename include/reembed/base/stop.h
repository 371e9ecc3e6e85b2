#pragma once

#include <stop_token>

namespace reembed {

/// The two ways a run is asked to end. `drain`: take nothing new, finish and record what is in
/// flight (first SIGINT or SIGTERM, or a limit). `abort`: at once (second signal); every wait and
/// every request in flight ends. Abort implies drain.
struct StopTokens {
  std::stop_token drain;
  std::stop_token abort;
};

}  // namespace reembed
