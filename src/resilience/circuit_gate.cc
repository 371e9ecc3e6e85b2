#include "src/resilience/circuit_gate.h"

#include <fmt/format.h>

#include "reembed/core/retry.h"

namespace reembed {
namespace {

constexpr double kStaggerMillis = 1'000;

/// True for the refusals that only a working server gives. A 429 is not among them: gateways
/// answer it on behalf of servers that are down. Nor is a limit of the user's: nobody was asked.
bool ShowsThatItWorks(ErrorKind kind) {
  return !IsTransient(kind) && kind != ErrorKind::kRateLimited && kind != ErrorKind::kInterrupted &&
         kind != ErrorKind::kLimit;
}

}  // namespace

Result<CircuitGate::Pass> CircuitGate::Enter(const StopTokens& stop) {
  if (!open()) return Pass::kNormal;
  const std::string why = surroundings_.label + " fails";
  switch (WaitForTurn(stop)) {
    case Turn::kProbe:
      return Probe(stop);
    case Turn::kOutage:
      return Outage();
    case Turn::kStopped:
      return Interrupted(why);
    case Turn::kGoOn:
      break;
  }
  const Millis stagger(static_cast<Millis::rep>(surroundings_.jitter() * kStaggerMillis));
  const Status waited = Wait(surroundings_, stagger, why, stop);
  if (!waited.ok()) return waited.error();
  return Pass::kNormal;
}

bool CircuitGate::Leave(Pass pass, const Error* error) {
  MutexLock lock(mutex_);
  const bool was_probe = pass == Pass::kProbe;
  if (was_probe) probing_ = false;
  changed_.notify_all();
  if (error != nullptr && IsTransient(error->kind)) return NoteFailure(pass, *error);
  // A probe answered with a 429 has found somebody at home; the shared pause does the rest.
  const bool limited_probe =
      was_probe && error != nullptr && error->kind == ErrorKind::kRateLimited;
  if (error == nullptr || limited_probe || ShowsThatItWorks(error->kind)) NoteWorks();
  return true;
}

bool CircuitGate::open() const {
  MutexLock lock(mutex_);
  return circuit_.open();
}

CircuitGate::Turn CircuitGate::WaitForTurn(const StopTokens& stop) {
  MutexLock lock(mutex_);
  const std::uint64_t ticket = next_ticket_++;
  queue_.insert(ticket);
  const bool stopped =
      !changed_.wait(mutex_, stop.drain, [this, ticket] { return !MustWait(ticket); }) ||
      stop.drain.stop_requested();
  queue_.erase(ticket);
  changed_.notify_all();
  if (circuit_.given_up()) return Turn::kOutage;
  if (stopped) return Turn::kStopped;
  if (!circuit_.open()) return Turn::kGoOn;
  probing_ = true;
  return Turn::kProbe;
}

bool CircuitGate::MustWait(std::uint64_t ticket) const {
  if (!circuit_.open() || circuit_.given_up()) return false;
  return probing_ || *queue_.begin() != ticket;
}

Result<CircuitGate::Pass> CircuitGate::Probe(const StopTokens& stop) {
  Millis due{0};
  {
    MutexLock lock(mutex_);
    due = circuit_.UntilProbe(surroundings_.clock.Now());
  }
  const Status waited = Wait(surroundings_, due, surroundings_.label + " fails; next try", stop);
  if (waited.ok()) return Pass::kProbe;
  MutexLock lock(mutex_);
  probing_ = false;
  changed_.notify_all();
  return waited.error();
}

Error CircuitGate::Outage() const {
  MutexLock lock(mutex_);
  const Millis open_for = circuit_.OpenFor(surroundings_.clock.Now());
  return Error{
      .kind = ErrorKind::kOutage,
      .message = fmt::format("{} has not answered one request in {}; the last failure: {}. Run "
                             "again when it works",
                             surroundings_.label, InSeconds(open_for), last_reason_)};
}

void CircuitGate::NoteWorks() {
  if (circuit_.open()) surroundings_.log.Info(surroundings_.label + " works again");
  circuit_.Works();
}

bool CircuitGate::NoteFailure(Pass pass, const Error& error) {
  const bool was_open = circuit_.open();
  last_reason_ = error.message;
  const bool counts = circuit_.Fails(surroundings_.clock.Now(), pass == Pass::kProbe);
  if (!was_open && circuit_.open()) {
    surroundings_.log.Warning(
        fmt::format("{} fails again and again, so only one request at a time "
                    "tries it from now on; the last failure: {}",
                    surroundings_.label, error.message));
  }
  return counts;
}

}  // namespace reembed
