#pragma once

#include "reembed/base/clock.h"

namespace reembed {

struct CircuitRules {
  int failures_to_open = 10;     ///< in a row, over all workers; fewer when they outlast `patience`
  Millis first_probe{1'000};     ///< after opening; doubles with each failed probe
  Millis longest_probe{30'000};  ///< between two probes at most
  Millis patience{300'000};      ///< open for so long without a success: an outage
};

/// Tells a server that is down from requests that fail, as pure arithmetic: the caller supplies
/// the time and does the waiting (see CircuitGate). Closed: everybody sends. Open: one probe at a
/// time, at growing intervals, the last one when the patience ends. Given up: nobody, for good.
class Circuit {
 public:
  explicit Circuit(const CircuitRules& rules) : rules_(rules) {}

  bool open() const { return open_; }
  bool given_up() const { return given_up_; }

  /// How long until the next probe is due, and how long the circuit has been open. Only when open.
  Millis UntilProbe(SteadyTime now) const;
  Millis OpenFor(SteadyTime now) const;

  /// An answer shows that the server works: closes, and the row of failures ends.
  void Works();

  /// A failure of the kind that an outage causes. Returns true when it counts as an attempt of its
  /// request: while the circuit is open none does. The failure that opens it does count.
  bool Fails(SteadyTime now, bool was_probe);

 private:
  void Open(SteadyTime now);
  void PlanNextProbe(SteadyTime now);

  CircuitRules rules_;
  int failures_ = 0;
  SteadyTime row_began_;
  bool open_ = false;
  bool given_up_ = false;
  SteadyTime opened_at_;
  SteadyTime next_probe_;
  Millis interval_{0};
};

}  // namespace reembed
