#pragma once

#include <cstddef>
#include <cstdint>

#include "reembed/base/clock.h"

namespace reembed {

/// How many requests may be in flight together, as pure arithmetic (additive increase,
/// multiplicative decrease). Starts modestly and doubles with each round trip until the first sign
/// of overload, then grows by one a round trip; never without need, never above `most`. Any number
/// of signs within one round trip halve it once.
class Concurrency {
 public:
  struct Rules {
    std::size_t most = 0;       ///< 0: no limit, ever
    bool quota_hidden = false;  ///< nothing tells the quota before it is exceeded: grow carefully
  };
  /// What a request must bring back; taken when it is sent.
  struct Pass {
    std::uint64_t epoch = 0;
    bool full = false;  ///< with it, as many were in flight as were allowed
  };

  Concurrency(const Rules& rules, SteadyTime now);

  bool Allows(std::size_t in_flight) const { return rules_.most == 0 || in_flight < limit_; }
  Pass Begin(std::size_t in_flight) const;

  void Succeeded(const Pass& pass, SteadyTime now);
  /// A sign that the server has too much to do at once.
  void Overloaded(const Pass& pass, SteadyTime now);
  /// The quota is known now: no need to be careful.
  void QuotaKnown() { rules_.quota_hidden = false; }

  /// 0: no limit.
  std::size_t limit() const { return rules_.most == 0 ? 0 : limit_; }
  /// True until the first sign of overload while the limit is still on its way up.
  bool starting() const { return doubling_ && rules_.most != 0 && limit_ < rules_.most; }

 private:
  void Change(std::size_t limit, SteadyTime now);

  Rules rules_;
  std::size_t limit_;
  std::uint64_t epoch_ = 0;      // changes of the limit so far
  std::uint64_t decreased_ = 0;  // the epoch that began with the last decrease
  bool doubling_ = true;
  SteadyTime changed_;
};

}  // namespace reembed
