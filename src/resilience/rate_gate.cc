#include "src/resilience/rate_gate.h"

#include <fmt/format.h>

#include <algorithm>

#include "reembed/core/retry.h"

namespace reembed {
namespace {

std::optional<TokenBucket> MakeBucket(std::optional<double> per_minute, SteadyTime now) {
  if (!per_minute) return std::nullopt;
  return TokenBucket(*per_minute, *per_minute / 10, now);
}

Millis Scaled(Millis whole, double part) {
  return Millis(static_cast<Millis::rep>(static_cast<double>(whole.count()) * part));
}

/// Rounded up, so that a wait is never a fraction too short.
Millis Until(SteadyTime time, SteadyTime now) {
  return std::chrono::ceil<Millis>(time - now);
}

}  // namespace

RateGate::RateGate(const RateRules& rules, const Surroundings& surroundings)
    : surroundings_(surroundings),
      max_wait_(rules.max_wait),
      requests_(MakeBucket(rules.requests_per_minute, surroundings.clock.Now())),
      tokens_(MakeBucket(rules.tokens_per_minute, surroundings.clock.Now())) {}

Result<std::uint64_t> RateGate::Enter(const RequestCost& cost, const StopTokens& stop) {
  const Status paced =
      Wait(surroundings_, Reserve(cost), "keeping the pace set for " + surroundings_.label, stop);
  if (!paced.ok()) return paced.error();
  const double jitter = surroundings_.jitter();
  for (;;) {
    const Pause pause = PauseNow(jitter);
    if (pause.left <= Millis(0)) return pause.number;
    // Another 429 may lengthen the pause meanwhile, so look again afterwards.
    const Status waited =
        Wait(surroundings_, pause.left, "rate limited by " + surroundings_.label, stop);
    if (!waited.ok()) return waited.error();
  }
}

Status RateGate::Limited(std::uint64_t entered, const Error& error) {
  const SteadyTime now = surroundings_.clock.Now();
  MutexLock lock(mutex_);
  // Requests already in flight when the pause began belong to the same burst: they may lengthen
  // it, and do not count as another refusal after it.
  if (entered == pauses_) {
    ++pauses_;
    ++limited_in_a_row_;
  }
  if (!limited_since_) limited_since_ = now;
  const Millis pause = RateLimitPause(error, limited_in_a_row_, 0);
  const Millis limited_for = std::chrono::floor<Millis>(now - *limited_since_);
  if (limited_for + pause > max_wait_) return TooLong(error, pause, limited_for);
  if (now + pause > not_before_) {
    not_before_ = now + pause;
    spread_ = RateLimitPause(error, limited_in_a_row_, 1) - pause;
  }
  return {};
}

void RateGate::Succeeded(const RequestCost& cost, std::optional<std::uint64_t> billed) {
  MutexLock lock(mutex_);
  limited_in_a_row_ = 0;
  limited_since_.reset();
  if (tokens_ && billed) tokens_->Settle(cost.tokens - static_cast<double>(*billed));
}

Millis RateGate::Reserve(const RequestCost& cost) {
  const SteadyTime now = surroundings_.clock.Now();
  MutexLock lock(mutex_);
  const Millis for_request = requests_ ? requests_->Reserve(cost.requests, now) : Millis(0);
  const Millis for_tokens = tokens_ ? tokens_->Reserve(cost.tokens, now) : Millis(0);
  return std::max(for_request, for_tokens);
}

RateGate::Pause RateGate::PauseNow(double jitter) const {
  MutexLock lock(mutex_);
  const SteadyTime release = not_before_ + Scaled(spread_, jitter);
  return {.left = Until(release, surroundings_.clock.Now()), .number = pauses_};
}

Error RateGate::TooLong(const Error& error, Millis pause, Millis limited_for) const {
  if (pause > max_wait_) return WaitTooLong(surroundings_, error, pause, max_wait_);
  return Error{
      .kind = ErrorKind::kWaitTooLong,
      .message = fmt::format("{}; no request has been let through for {}, and the next may be sent "
                             "in {}: longer than --max-wait {}s. Run again later, or allow more "
                             "with --max-wait",
                             error.message, InSeconds(limited_for), InSeconds(pause),
                             std::chrono::ceil<Seconds>(max_wait_).count()),
      .retry_after = pause};
}

}  // namespace reembed
