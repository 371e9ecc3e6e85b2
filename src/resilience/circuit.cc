#include "src/resilience/circuit.h"

#include <algorithm>

namespace reembed {

Millis Circuit::UntilProbe(SteadyTime now) const {
  return std::max(Millis(0), std::chrono::ceil<Millis>(next_probe_ - now));
}

Millis Circuit::OpenFor(SteadyTime now) const {
  return std::chrono::floor<Millis>(now - opened_at_);
}

void Circuit::Works() {
  failures_ = 0;
  open_ = false;
}

bool Circuit::Fails(SteadyTime now, bool was_probe) {
  if (open_) {
    // Requests that were in flight when it opened tell nothing new.
    if (was_probe) PlanNextProbe(now);
    return false;
  }
  if (failures_ == 0) row_began_ = now;
  ++failures_;
  // Waits between attempts grow, so a lone worker may need longer for its row than the user waits.
  if (failures_ >= rules_.failures_to_open || now - row_began_ > rules_.patience) Open(now);
  return true;
}

void Circuit::Open(SteadyTime now) {
  open_ = true;
  opened_at_ = now;
  interval_ = rules_.first_probe;
  next_probe_ = std::min(now + interval_, opened_at_ + rules_.patience);
}

void Circuit::PlanNextProbe(SteadyTime now) {
  given_up_ = now - opened_at_ >= rules_.patience;
  interval_ = std::min(interval_ * 2, rules_.longest_probe);
  next_probe_ = std::min(now + interval_, opened_at_ + rules_.patience);
}

}  // namespace reembed
