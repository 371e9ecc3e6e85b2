#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "reembed/base/mutex.h"
#include "src/resilience/circuit.h"
#include "src/resilience/surroundings.h"

namespace reembed {

/// The circuit that all workers share, with the waiting. While it is open they queue up; the first
/// in the queue sends its own request as the probe and goes to the end of the queue when that
/// fails, so that one request which can never succeed does not keep the circuit open. When a
/// success closes it, the rest go on within a second, staggered by jitter. Thread-safe.
class CircuitGate {
 public:
  enum class Pass : std::uint8_t { kNormal, kProbe };

  /// `surroundings` outlives this object.
  CircuitGate(const CircuitRules& rules, const Surroundings& surroundings)
      : surroundings_(surroundings), circuit_(rules) {}

  /// Waits until the caller may send; every pass must be given back with Leave().
  /// Errors: kOutage (endpoint, how long, last reason), kInterrupted.
  Result<Pass> Enter(const StopTokens& stop);

  /// What came of the request; `error` is null for a success. Returns true when a failure counts
  /// as an attempt.
  bool Leave(Pass pass, const Error* error);

  bool open() const;

 private:
  enum class Turn : std::uint8_t { kProbe, kGoOn, kOutage, kStopped };

  Turn WaitForTurn(const StopTokens& stop);
  bool MustWait(std::uint64_t ticket) const REEMBED_TSA(no_thread_safety_analysis);
  Result<Pass> Probe(const StopTokens& stop);
  Error Outage() const;
  void NoteWorks() REEMBED_REQUIRES(mutex_);
  bool NoteFailure(Pass pass, const Error& error) REEMBED_REQUIRES(mutex_);

  const Surroundings& surroundings_;
  mutable Mutex mutex_;
  CondVar changed_;
  Circuit circuit_ REEMBED_GUARDED_BY(mutex_);
  bool probing_ REEMBED_GUARDED_BY(mutex_) = false;
  std::uint64_t next_ticket_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::set<std::uint64_t> queue_ REEMBED_GUARDED_BY(mutex_);
  std::string last_reason_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace reembed
