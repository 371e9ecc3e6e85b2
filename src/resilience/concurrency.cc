#include "src/resilience/concurrency.h"

#include <algorithm>

namespace reembed {
namespace {

constexpr std::size_t kFirst = 4;
// As many refusals as are in flight come at once when a hidden quota is met for the first time.
constexpr std::size_t kFirstHidden = 2;
constexpr Seconds kHiddenPatience{15};

}  // namespace

Concurrency::Concurrency(const Rules& rules, SteadyTime now)
    : rules_(rules),
      limit_(std::min(rules.most, rules.quota_hidden ? kFirstHidden : kFirst)),
      changed_(now) {}

Concurrency::Pass Concurrency::Begin(std::size_t in_flight) const {
  return {.epoch = epoch_, .full = in_flight + 1 >= limit_};
}

void Concurrency::Succeeded(const Pass& pass, SteadyTime now) {
  // Sent when the limit was already this and used fully: so a round trip brings one growth.
  if (!pass.full || pass.epoch != epoch_ || limit_ >= rules_.most) return;
  if (rules_.quota_hidden && now - changed_ < kHiddenPatience) return;
  const bool doubles = doubling_ && !rules_.quota_hidden;
  Change(std::min(rules_.most, doubles ? limit_ * 2 : limit_ + 1), now);
}

void Concurrency::Overloaded(const Pass& pass, SteadyTime now) {
  if (pass.epoch < decreased_ || rules_.most == 0) return;
  doubling_ = false;
  Change(std::max<std::size_t>(1, limit_ / 2), now);
  decreased_ = epoch_;
}

void Concurrency::Change(std::size_t limit, SteadyTime now) {
  limit_ = limit;
  ++epoch_;
  changed_ = now;
}

}  // namespace reembed
