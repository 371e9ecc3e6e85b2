#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "reembed/base/mutex.h"
#include "src/resilience/surroundings.h"
#include "src/resilience/traffic.h"

namespace reembed {

/// The one door to a provider, shared by all workers, who pass it in the order in which they come,
/// when Traffic says so. All waits end with `stop.drain`. Thread-safe.
class RateGate {
 public:
  using Ticket = Traffic::Ticket;

  /// `surroundings` outlives this object.
  RateGate(const RateRules& rules, const Surroundings& surroundings)
      : surroundings_(surroundings),
        max_wait_(rules.max_wait),
        traffic_(rules, surroundings.clock.Now()) {}

  /// Waits until a request may go out. The ticket must be given back once, to one of the three
  /// that follow. Errors: kInterrupted.
  Result<Ticket> Enter(const RequestCost& cost, const StopTokens& stop);

  /// Answered with vectors, for so many tokens if the answer says so.
  void Succeeded(const Ticket& ticket, std::optional<std::uint64_t> billed,
                 const QuotaNotice& quota);

  /// Failed otherwise than by a 429. `overloaded`: the server has too much to do at once.
  void Failed(const Ticket& ticket, ErrorKind kind, bool overloaded);

  /// Answered with a 429: sets the pause for all and learns from it. kWaitTooLong when no success
  /// can come within `max_wait` of the first 429 after the last success.
  Status Limited(const Ticket& ticket, const Error& error);

  /// What is let through now.
  GrantedPace Pace() const;

 private:
  std::uint64_t Queue();
  bool WaitForTurn(std::uint64_t place, const StopTokens& stop);
  bool IsTurn(std::uint64_t place) const REEMBED_TSA(no_thread_safety_analysis);
  std::optional<Ticket> TryEnter(std::uint64_t place, const RequestCost& cost, double jitter,
                                 Traffic::Hold& hold);
  void LeaveQueue(std::uint64_t place);
  Error TooLong(const Error& error, const Traffic::Pause& pause) const;

  const Surroundings& surroundings_;
  const Millis max_wait_;
  mutable Mutex mutex_;
  CondVar changed_;
  Traffic traffic_ REEMBED_GUARDED_BY(mutex_);
  std::uint64_t next_place_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::set<std::uint64_t> queue_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace reembed
