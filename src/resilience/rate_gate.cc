#include "src/resilience/rate_gate.h"

#include <fmt/format.h>

#include <string>

namespace reembed {

Result<RateGate::Ticket> RateGate::Enter(const RequestCost& cost, const StopTokens& stop) {
  const double jitter = surroundings_.jitter();
  const std::uint64_t place = Queue();
  while (WaitForTurn(place, stop)) {
    Traffic::Hold hold;
    if (const auto ticket = TryEnter(place, cost, jitter, hold)) return *ticket;
    // Another 429 may lengthen the pause meanwhile, so all of it is looked at again afterwards.
    const std::string why =
        (hold.paused ? "rate limited by " : "keeping the pace set for ") + surroundings_.label;
    const Status waited = Wait(surroundings_, hold.left, why, stop);
    if (waited.ok()) continue;
    LeaveQueue(place);
    return waited.error();
  }
  LeaveQueue(place);
  return Interrupted("a place for one more request to " + surroundings_.label);
}

std::uint64_t RateGate::Queue() {
  MutexLock lock(mutex_);
  queue_.insert(next_place_);
  return next_place_++;
}

bool RateGate::WaitForTurn(std::uint64_t place, const StopTokens& stop) {
  MutexLock lock(mutex_);
  return changed_.wait(mutex_, stop.drain, [this, place] { return IsTurn(place); }) &&
         !stop.drain.stop_requested();
}

bool RateGate::IsTurn(std::uint64_t place) const {
  return *queue_.begin() == place && traffic_.HasRoom();
}

std::optional<RateGate::Ticket> RateGate::TryEnter(std::uint64_t place, const RequestCost& cost,
                                                   double jitter, Traffic::Hold& hold) {
  MutexLock lock(mutex_);
  const SteadyTime now = surroundings_.clock.Now();
  hold = traffic_.HoldNow(cost, jitter, now);
  // A pause that began since the turn came may have taken the room away.
  if (hold.left > Millis(0) || !traffic_.HasRoom()) return std::nullopt;
  queue_.erase(place);
  changed_.notify_all();
  return traffic_.Begin(cost, now);
}

void RateGate::LeaveQueue(std::uint64_t place) {
  MutexLock lock(mutex_);
  queue_.erase(place);
  changed_.notify_all();
}

void RateGate::Succeeded(const Ticket& ticket, std::optional<std::uint64_t> billed,
                         const QuotaNotice& quota) {
  MutexLock lock(mutex_);
  traffic_.Succeeded(ticket, billed, quota, surroundings_.clock.Now());
  changed_.notify_all();
}

void RateGate::Failed(const Ticket& ticket, ErrorKind kind, bool overloaded) {
  MutexLock lock(mutex_);
  traffic_.Failed(ticket, kind, overloaded, surroundings_.clock.Now());
  changed_.notify_all();
}

Status RateGate::Limited(const Ticket& ticket, const Error& error) {
  MutexLock lock(mutex_);
  const Traffic::Pause pause = traffic_.Limited(ticket, error, surroundings_.clock.Now());
  changed_.notify_all();
  if (pause.limited_for + pause.length <= max_wait_) return {};
  return TooLong(error, pause);
}

GrantedPace RateGate::Pace() const {
  MutexLock lock(mutex_);
  return traffic_.Pace();
}

Error RateGate::TooLong(const Error& error, const Traffic::Pause& pause) const {
  if (pause.length > max_wait_) return WaitTooLong(surroundings_, error, pause.length, max_wait_);
  return Error{.kind = ErrorKind::kWaitTooLong,
               .message = fmt::format(
                   "{}; no request has been let through for {}, and the next may be sent in {}: "
                   "longer than --max-wait {}s. Run again later, or allow more with --max-wait",
                   error.message, InSeconds(pause.limited_for), InSeconds(pause.length),
                   std::chrono::ceil<Seconds>(max_wait_).count()),
               .retry_after = pause.length};
}

}  // namespace reembed
