#include "tests/sandbox/provider_quota.h"

#include <algorithm>
#include <cmath>

namespace reembed::sandbox {
namespace {

using std::chrono::nanoseconds;

constexpr double kBurstMinutes = 0.1;
constexpr double kLentMinutes = 0.1 / 60;
constexpr std::chrono::seconds kMinute{60};

std::chrono::milliseconds RoundUp(nanoseconds wait) {
  return std::chrono::ceil<std::chrono::milliseconds>(wait);
}

}  // namespace

QuotaBucket::QuotaBucket(double per_minute, QuotaClock::time_point now)
    : per_minute_(per_minute),
      capacity_(std::max(per_minute * kBurstMinutes, 1.0)),
      level_(capacity_),
      at_(now) {}

double QuotaBucket::Level(QuotaClock::time_point now) const {
  const std::chrono::duration<double, std::ratio<60>> passed = now - at_;
  return std::min(capacity_, level_ + per_minute_ * std::max(passed.count(), 0.0));
}

nanoseconds QuotaBucket::TimeFor(double amount) const {
  if (amount <= 0 || per_minute_ <= 0) return nanoseconds{0};
  return nanoseconds{static_cast<std::int64_t>(std::ceil(amount / per_minute_ * 60e9))};
}

nanoseconds QuotaBucket::WaitFor(double cost, QuotaClock::time_point now) const {
  if (per_minute_ <= 0) return nanoseconds{0};
  // A cost above the capacity would wait for ever; a full bucket has to do.
  const double missing = std::min(cost, capacity_) - Level(now);
  return missing <= per_minute_ * kLentMinutes ? nanoseconds{0} : TimeFor(missing);
}

void QuotaBucket::Take(double cost, QuotaClock::time_point now) {
  level_ = Level(now) - cost;
  at_ = std::max(at_, now);  // times of several threads may come out of order
}

std::int64_t QuotaBucket::Remaining(QuotaClock::time_point now) const {
  return static_cast<std::int64_t>(std::max(std::floor(Level(now)), 0.0));
}

nanoseconds QuotaBucket::UntilFull(QuotaClock::time_point now) const {
  return TimeFor(capacity_ - Level(now));
}

void QuotaBucket::Change(double per_minute, QuotaClock::time_point now) {
  const double level = Level(now);
  per_minute_ = per_minute;
  capacity_ = std::max(per_minute * kBurstMinutes, 1.0);
  level_ = std::min(level, capacity_);
  at_ = std::max(at_, now);
}

QuotaWindow::QuotaWindow(double per_minute, bool sliding, QuotaClock::time_point now)
    : per_minute_(per_minute), sliding_(sliding), start_(now) {}

double QuotaWindow::Used(QuotaClock::time_point now) const {
  double used = 0;
  for (const Grant& grant : grants_) used += grant.expires > now ? grant.cost : 0;
  return used;
}

nanoseconds QuotaWindow::WaitFor(double cost, QuotaClock::time_point now) const {
  if (per_minute_ <= 0) return nanoseconds{0};
  double excess = Used(now) + std::min(cost, per_minute_) - per_minute_;
  // Fractions of a unit are rounding.
  if (excess < 1e-6) return nanoseconds{0};
  for (const Grant& grant : grants_) {
    if (grant.expires <= now) continue;
    excess -= grant.cost;
    if (excess < 1e-6) return grant.expires - now;
  }
  return nanoseconds{0};
}

void QuotaWindow::Take(double cost, QuotaClock::time_point now) {
  while (!grants_.empty() && grants_.front().expires <= now) grants_.pop_front();
  const auto minutes = (now - start_) / kMinute;
  grants_.push_back({sliding_ ? now + kMinute : start_ + (minutes + 1) * kMinute, cost});
}

std::int64_t QuotaWindow::Remaining(QuotaClock::time_point now) const {
  return static_cast<std::int64_t>(std::max(std::floor(per_minute_ - Used(now)), 0.0));
}

nanoseconds QuotaWindow::UntilFull(QuotaClock::time_point now) const {
  if (grants_.empty()) return nanoseconds{0};
  return std::max(nanoseconds{0}, nanoseconds(grants_.back().expires - now));
}

QuotaCount::QuotaCount(QuotaKind kind, double per_minute, QuotaClock::time_point now)
    : kind_(kind),
      bucket_(per_minute, now),
      window_(per_minute, kind == QuotaKind::kSliding, now) {}

nanoseconds QuotaCount::WaitFor(double cost, QuotaClock::time_point now) const {
  return kind_ == QuotaKind::kBucket ? bucket_.WaitFor(cost, now) : window_.WaitFor(cost, now);
}

void QuotaCount::Take(double cost, QuotaClock::time_point now) {
  if (kind_ == QuotaKind::kBucket) return bucket_.Take(cost, now);
  window_.Take(cost, now);
}

std::int64_t QuotaCount::Remaining(QuotaClock::time_point now) const {
  return kind_ == QuotaKind::kBucket ? bucket_.Remaining(now) : window_.Remaining(now);
}

nanoseconds QuotaCount::UntilFull(QuotaClock::time_point now) const {
  return kind_ == QuotaKind::kBucket ? bucket_.UntilFull(now) : window_.UntilFull(now);
}

void QuotaCount::Change(double per_minute, QuotaClock::time_point now) {
  bucket_.Change(per_minute, now);
  window_.Change(per_minute);
}

Quota::Quota(QuotaLimits limits, QuotaClock::time_point now, QuotaKind kind)
    : limits_(limits), requests_(kind, limits.requests, now), tokens_(kind, limits.tokens, now) {}

void Quota::Change(QuotaLimits limits, QuotaClock::time_point now) {
  limits_ = limits;
  requests_.Change(limits.requests, now);
  tokens_.Change(limits.tokens, now);
}

QuotaState Quota::Look(QuotaClock::time_point now) const {
  return {.limits = limits_,
          .remaining_requests = requests_.Remaining(now),
          .remaining_tokens = tokens_.Remaining(now),
          .reset_requests = requests_.UntilFull(now),
          .reset_tokens = tokens_.UntilFull(now)};
}

QuotaVerdict Quota::Take(double requests, double tokens, QuotaClock::time_point now) {
  if (limits_.tokens > 0 && tokens > limits_.tokens) {
    return {.granted = false, .refused_by_tokens = true, .too_large = true};
  }
  const nanoseconds for_requests = requests_.WaitFor(requests, now);
  const nanoseconds for_tokens = tokens_.WaitFor(tokens, now);
  const nanoseconds wait = std::max(for_requests, for_tokens);
  if (wait.count() > 0) {
    return {
        .granted = false, .refused_by_tokens = for_tokens > for_requests, .wait = RoundUp(wait)};
  }
  requests_.Take(requests, now);
  tokens_.Take(tokens, now);
  return {};
}

}  // namespace reembed::sandbox
