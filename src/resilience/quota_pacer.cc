#include "src/resilience/quota_pacer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

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
constexpr Millis kTravel{300};

// So much within less than a minute, that no minute of the server can begin in between by chance.
constexpr Seconds kClearlyAMinute{50};
constexpr double kSoon = 1.25;
constexpr double kSoonSeconds = 1;
constexpr double kShortMeasure = 20;
constexpr double kNever = std::numeric_limits<double>::infinity();

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
    : rate_(allowed), began_(now - Millis(1)), measured_from_(now), judged_at_(now) {
  Follow(now);
}

Millis QuotaPacer::Delay(double amount, SteadyTime now) {
  if (!bucket_) return Millis(0);
  const double rate = *per_minute();
  bucket_->SetBurst(BurstFor(amount, Pace()), now);
  Millis delay = std::max(bucket_->Delay(amount, now), std::chrono::ceil<Millis>(next_ - now));
  // The first request need not be earned in full.
  if (total_ <= 0) delay = std::min(delay, kLongestFirst);
  return continuous_ || trial_ ? delay : std::max(delay, log_.Delay(Careful(amount), rate, now));
}

QuotaPacer::Charge QuotaPacer::Take(double amount, SteadyTime now) {
  if (bucket_) {
    bucket_->Take(amount, now);
    const std::chrono::duration<double> share(
        std::min(amount / Pace() * 60 / kMostHaste, kLongestSeconds));
    next_ = now + std::chrono::floor<Millis>(share);
  }
  total_ += amount;
  trial_ = Hopes();
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

void QuotaPacer::Granted(const Charge& charge, SteadyTime now) {
  const std::optional<double> before = per_minute();
  if (!Hopes()) {
    if (rate_.unsure()) rate_.Climb(now);
  } else if (log_.SentSince(charge.at - kClearlyAMinute, charge.at).amount > too_much_) {
    continuous_ = true;
    rate_.Exceeded(now);
  }
  rate_.Granted(now);
  if (per_minute() != before) Follow(now);
}

void QuotaPacer::Refused(const Refusal& refusal, const Charge& charge, SteadyTime now) {
  const SteadyTime then = std::max(charge.at, refusal.then.value_or(charge.at));
  hopeless_ = rate_.just_met();
  const auto accepted = [&](SteadyTime since, SteadyTime until) {
    const MinuteLog::Sum sum = log_.SentSince(since, charge.at);
    return LearnedRate::Sum{
        .amount = sum.amount, .requests = sum.requests, .seconds = SecondsBetween(since, until)};
  };
  rate_.Refused(
      refusal.stated,
      {.minute = accepted(std::max(began_, then - kMinute), then),
       .since_refusal = accepted(std::max(measured_from_, charge.at - kMinute), charge.at),
       .refused = charge.amount,
       .promised = refusal.then.has_value()},
      now);
  // While a bucket is kept empty by refusals in quick succession, all of that time measures it.
  if (!continuous_ || SecondsBetween(measured_from_, charge.at) > kShortMeasure) {
    measured_from_ = charge.at;
  }
  Follow(now);
}

void QuotaPacer::RefusedToo(const Charge& charge, SteadyTime now) {
  if (charge.at > measured_from_) return;
  rate_.RefusedToo(charge.amount);
  Follow(now);
}

void QuotaPacer::Reopen(const Charge& charge, SteadyTime now, SteadyTime then, Trust trust) {
  if (std::exchange(hopeless_, false) && trust == Trust::kHoped) trust = Trust::kRefused;
  if (trust != Trust::kRefused) row_began_ = charge.at;
  if (!bucket_) return;
  trial_ = trust != Trust::kRefused;
  if (!trial_) {
    continuous_ = false;
    bucket_->Cap(0, now);
    log_.CountAll();
    next_ = std::max(next_, row_began_ + kMinute + kTravel);
    return Follow(now);
  }
  too_much_ = log_.SentSince(now - kMinute).amount + charge.amount;
  const double waits = SecondsBetween(now, then);
  // A bucket has room for a request when that has been earned, a minute only when it has passed.
  const double earning = charge.amount / *per_minute() * 60;
  if (trust == Trust::kStated && waits > kSoon * earning + kSoonSeconds) too_much_ = kNever;
  Follow(now);
  // Then there is room for a request like that one; a larger one has to wait a little longer.
  const double room = charge.amount - waits * Pace() / 60;
  bucket_->Cap(trust == Trust::kHoped ? std::min(room, 0.0) : room, now);
  // What was measured is what the log holds.
  if (!rate_.guessed()) log_.Forgive(charge.amount, *per_minute(), then);
}

double QuotaPacer::Use(SteadyTime now) const {
  const std::optional<double> rate = per_minute();
  return rate ? log_.SentSince(now - kMinute).amount / *rate : 0;
}

bool QuotaPacer::Hopes() const {
  return trial_ && too_much_ < kNever && rate_.just_met();
}

double QuotaPacer::Pace() const {
  return Hopes() ? rate_.hoped_per_minute() : *per_minute();
}

void QuotaPacer::Follow(SteadyTime now) {
  if (!per_minute()) {
    bucket_.reset();
  } else if (bucket_) {
    bucket_->SetRate(Pace(), now);
  } else {
    bucket_.emplace(Pace(), Pace() / 10, now);
  }
}

}  // namespace reembed
