#include "src/resilience/quota_pacer.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace reembed {
namespace {

// Makes up for workers that wake late; small enough that nothing comes in bursts.
constexpr double kSlackSeconds = 1.5;
constexpr double kLeastSlackSeconds = 0.1;
// Lost time is made up for at so many times the rate, not all at once: what is in flight together
// is refused together.
constexpr double kMostHaste = 2;
// Thirty years: as good as for ever, and no overflow when it is added to a time.
constexpr double kLongestSeconds = 1e9;
// Buckets of servers may hold no more than a tenth of a minute.
constexpr double kTenthSeconds = 6;
constexpr Seconds kMinute{60};
constexpr Millis kLongestFirst{6'000};

constexpr double kWeightOfTheLatest = 0.1;
constexpr double kMostDoubt = 0.25;
constexpr double kMoreThanAMinute = 1.005;

double BurstFor(double amount, double per_minute) {
  const double second = per_minute / 60;
  const double wanted = std::min(amount + kSlackSeconds * second, kTenthSeconds * second);
  return std::max(wanted, amount + kLeastSlackSeconds * second);
}

}  // namespace

QuotaPacer::QuotaPacer(std::optional<double> allowed, SteadyTime now)
    : rate_(allowed), measured_from_(now), judged_at_(now) {
  Follow(now);
}

Millis QuotaPacer::Delay(double amount, SteadyTime now) {
  if (!bucket_) return Millis(0);
  const double rate = *per_minute();
  bucket_->SetBurst(BurstFor(amount, rate), now);
  Millis delay = std::max(bucket_->Delay(amount, now), std::chrono::ceil<Millis>(next_ - now));
  // The first request need not be earned in full.
  if (total_ <= 0) delay = std::min(delay, kLongestFirst);
  return continuous_ ? delay : std::max(delay, log_.Delay(Careful(amount), rate, now));
}

QuotaPacer::Charge QuotaPacer::Take(double amount, SteadyTime now) {
  if (bucket_) {
    bucket_->Take(amount, now);
    const std::chrono::duration<double> share(
        std::min(amount / *per_minute() * 60 / kMostHaste, kLongestSeconds));
    next_ = now + std::chrono::floor<Millis>(share);
  }
  total_ += amount;
  const std::uint64_t number = log_.Add(Careful(amount), now);
  return {.amount = amount, .number = number, .total = total_, .at = now};
}

void QuotaPacer::Settle(const Charge& charge, double amount) {
  if (bucket_) bucket_->Settle(charge.amount - amount);
  log_.Change(charge.number, amount);
}

void QuotaPacer::Billed(const Charge& charge, double amount) {
  Settle(charge, amount);
  if (charge.amount <= 0) return;
  doubt_ += kWeightOfTheLatest * (std::abs(amount - charge.amount) / charge.amount - doubt_);
  doubt_ = std::min(doubt_, kMostDoubt);
}

void QuotaPacer::Hear(const QuotaFacts& facts, const Charge& charge, SteadyTime now) {
  const bool changed = facts.per_minute && rate_.Stated(*facts.per_minute);
  if (changed) Follow(now);
  if (!bucket_ || !facts.remaining) return;
  const double rate = *per_minute();
  const double sent_after = total_ - charge.total;
  if (facts.per_minute) Judge(*facts.remaining, sent_after, now);
  const double refilled = SecondsBetween(charge.at, now) * rate / 60;
  bucket_->Cap(*facts.remaining - sent_after + refilled, now);
  // A lower limit is no reason to wait for the last minute to pass where the server does not.
  if (changed && *facts.remaining >= charge.amount) log_.Forgive(charge.amount, rate, now);
}

void QuotaPacer::Judge(double remaining, double sent_after, SteadyTime now) {
  const double limit = *rate_.stated();
  const double used = log_.SentSince(now - kMinute).amount - sent_after;
  least_left_ = std::min(least_left_, (remaining + used) / limit);
  if (now - judged_at_ < kMinute) return;
  continuous_ = least_left_ > kMoreThanAMinute;
  least_left_ = std::numeric_limits<double>::infinity();
  judged_at_ = now;
}

void QuotaPacer::Granted(SteadyTime now) {
  const std::optional<double> before = per_minute();
  rate_.Granted(now);
  if (per_minute() != before) Follow(now);
}

void QuotaPacer::Refused(std::optional<double> stated, SteadyTime now) {
  const SteadyTime since = std::max(measured_from_, now - kMinute);
  const MinuteLog::Sum sent = log_.SentSince(since);
  rate_.Refused(
      stated,
      {.amount = sent.amount, .requests = sent.requests, .seconds = SecondsBetween(since, now)},
      now);
  measured_from_ = now;
  Follow(now);
}

void QuotaPacer::Reopen(double amount, SteadyTime now, SteadyTime then, bool again) {
  // Then there is room for a request like that one; a larger one has to wait a little longer.
  if (bucket_) bucket_->Cap(amount - SecondsBetween(now, then) * *per_minute() / 60, now);
  if (again) {
    log_.CountAll();
  } else if (bucket_) {
    log_.Forgive(amount, *per_minute(), then);
  }
}

double QuotaPacer::Use(SteadyTime now) const {
  const std::optional<double> rate = per_minute();
  return rate ? log_.SentSince(now - kMinute).amount / *rate : 0;
}

void QuotaPacer::Follow(SteadyTime now) {
  const std::optional<double> rate = per_minute();
  if (!rate) {
    bucket_.reset();
  } else if (bucket_) {
    bucket_->SetRate(*rate, now);
  } else {
    bucket_.emplace(*rate, *rate / 10, now);
  }
}

}  // namespace reembed
