#include "src/resilience/learned_rate.h"

#include <algorithm>
#include <cmath>

namespace reembed {
namespace {

// A probe that fails may cost two or three refusals; 0.5 % of all requests are bearable.
constexpr std::size_t kPatience = 1000;
constexpr std::size_t kMostPatience = 10'000;
// Refusals in a row at one rate are hardly about it, so that it may be too low.
constexpr std::size_t kPatienceAfterRow = 400;
constexpr Seconds kProbeInterval{60};
constexpr double kProbeStep = 0.02;
constexpr int kSmallSteps = 5;
constexpr double kLargeProbeStep = 0.05;

constexpr Seconds kRecent{120};
constexpr std::size_t kEnoughToMeasure = 8;
constexpr double kWholeMinute = 55;
constexpr Seconds kMostOfAMinute{40};
constexpr double kHalf = 0.5;
constexpr double kClearlyLess = 0.75;
constexpr double kAlmost = 0.9;
constexpr double kALittleLess = 0.97;
// Of a sliding minute all that is promised is below the quota, of the minute by the clock half.
constexpr double kOfThePromised = 0.75;
// A bucket is measured to within a request.
constexpr double kBelowBucket = 0.985;
// Refusals that do not end whatever the rate are not about the rate.
constexpr double kLowestPart = 1.0 / 4;
// A rate that was never measured may be far from the truth.
constexpr double kLowestPartOfUnmeasured = 1.0 / 64;

// Slow enough for some twenty seconds between two refusals, fast enough for a bucket of a tenth of
// a minute not to be full before the rate is reached.
constexpr double kSecondsToDouble = 10;
constexpr double kMostClimb = 64;

bool IsMeasure(const LearnedRate::Sum& sum) {
  return sum.requests >= kEnoughToMeasure;
}

double PerMinute(const LearnedRate::Sum& sum) {
  return sum.amount / std::max(1.0, sum.seconds) * 60;
}

bool Near(double a, double b) {
  return a > b * 0.95 && a < b * 1.05;
}

}  // namespace

std::optional<double> LearnedRate::per_minute() const {
  if (source_ == Source::kNothing) return allowed_;
  const double rate = believed_ * (1 + raised_);
  return allowed_ ? std::min(*allowed_, rate) : rate;
}

bool LearnedRate::Stated(double per_minute) {
  const bool changes = source_ != Source::kHeaders || believed_ != per_minute;
  source_ = Source::kHeaders;
  believed_ = per_minute;
  raised_ = 0;
  phase_ = Phase::kSettled;
  unsure_ = false;
  return changes;
}

void LearnedRate::Refused(std::optional<double> stated, const Measure& accepted, SteadyTime now) {
  if (stated) {
    // Headers come with every answer, so that this one is theirs and needs no probe either.
    Believe(*stated, source_ == Source::kHeaders ? Source::kHeaders : Source::kRefusal, now);
  } else if (source_ == Source::kGuess || (source_ == Source::kNothing && CanGuess(accepted))) {
    Guess(accepted, now);
  }
  granted_any_ = false;
  refused_at_ = now;
}

// Refused from the start, it is others, or a run before this one, who have used up the quota.
bool LearnedRate::CanGuess(const Measure& accepted) const {
  return IsMeasure(accepted.minute) || (granted_ever_ && (allowed_ || accepted.minute.amount > 0));
}

void LearnedRate::Guess(const Measure& accepted, SteadyTime now) {
  const bool first = source_ == Source::kNothing;
  const bool known = IsMeasure(accepted.minute);
  const double current = per_minute().value_or(0);
  if (granted_any_ && !Recently(now)) {
    held_ = Probes(now) ? std::min(current, believed_) : current;
    measured_ = false;
  }
  const bool met = Meets(accepted);
  const double guess = met ? WhatWasMet(accepted) : GuessFrom(accepted, current, now);
  const bool less = guess < current * kClearlyLess || ShowsLess(accepted, current, now);
  blamed_ = granted_any_ && Probes(now);
  by_chance_ = !met && !Recently(now) && guess == current * kALittleLess;
  if (met || phase_ == Phase::kClimbing) held_ = guess;
  measured_ = met || phase_ != Phase::kSettled || less || (measured_ && guess > current * kAlmost);
  if (first || guess < lowest_) {
    lowest_ = known ? std::min(guess, accepted.minute.amount) * kLowestPart
                    : guess * kLowestPartOfUnmeasured;
  }
  phase_ = met ? Phase::kJustMet : Phase::kSettled;
  unsure_ = met && !known;
  if (met) seconds_met_ = accepted.minute.seconds;
  Believe(guess, Source::kGuess, now);
}

bool LearnedRate::Recently(SteadyTime now) const {
  return refused_at_ && now - *refused_at_ <= kRecent;
}

// A step that is too much shows when a minute has filled up.
bool LearnedRate::Probes(SteadyTime now) const {
  return raised_ > 0 && phase_ != Phase::kClimbing && now - changed_ <= kRecent;
}

// A flag that was kept for a minute was no wrong one.
bool LearnedRate::Meets(const Measure& accepted) const {
  if (phase_ == Phase::kClimbing) return !exceeded_;
  if (source_ != Source::kNothing) return false;
  return !allowed_ || (IsMeasure(accepted.minute) && accepted.minute.seconds < kWholeMinute);
}

double LearnedRate::WhatWasMet(const Measure& accepted) const {
  const double promised = accepted.promised ? kOfThePromised * accepted.refused : 0;
  const double met = std::max(accepted.minute.amount + promised, 1.0);
  return allowed_ ? std::min(met, *allowed_) : met;
}

double LearnedRate::GuessFrom(const Measure& accepted, double current, SteadyTime now) const {
  const bool again = !granted_any_;
  // It is the minute that has not passed yet, or the probe.
  if (again && (measured_ || blamed_)) return current;
  const double minute = accepted.minute.amount;
  if (just_met()) return std::max(current, std::min(minute, current + accepted.refused));
  if (phase_ == Phase::kClimbing) return PerMinute(accepted.since_refusal) * kBelowBucket;
  const double low = std::min(current, std::max(kHalf * held_, lowest_));
  if (again) return low;
  if (ShowsLess(accepted, current, now)) {
    // Within a few requests of it, half of what held is as likely as any.
    const bool half = low > minute * kALittleLess && low < minute + 3 * accepted.refused;
    return half ? low : minute;
  }
  if (Recently(now)) return GuessAgain(accepted, current, low);
  if (!IsMeasure(accepted.minute)) return std::clamp(minute, low, current);
  return Probes(now) ? std::min(current, believed_) : current * kALittleLess;
}

// A whole minute with less in it than the rate. What is promised ends with the server's minute, so
// that any difference counts when one was refused before.
bool LearnedRate::ShowsLess(const Measure& accepted, double current, SteadyTime now) const {
  if (exceeded_ || !IsMeasure(accepted.minute)) return false;
  if (accepted.minute.seconds < kWholeMinute) return false;
  const bool sharp = accepted.promised && Recently(now) && now - *refused_at_ > kMostOfAMinute;
  return accepted.minute.amount < current * (sharp ? kALittleLess : kClearlyLess);
}

// Between two refusals of a bucket that was empty at both went just what it grants.
double LearnedRate::GuessAgain(const Measure& accepted, double current, double low) const {
  if (measured_ && !exceeded_) return current * kALittleLess;
  if (!measured_ && !IsMeasure(accepted.since_refusal)) return low;
  const double least = measured_ ? current * kClearlyLess : low;
  const double between = PerMinute(accepted.since_refusal) * kBelowBucket;
  return std::clamp(between, least, std::max(least, current * kALittleLess));
}

void LearnedRate::RefusedToo(double amount) {
  if (just_met()) believed_ = std::max(believed_ - amount, 1.0);
}

double LearnedRate::hoped_per_minute() const {
  if (!just_met()) return per_minute().value_or(0);
  const double most = believed_ * 60 / std::clamp(seconds_met_, 1.0, 60.0);
  const double hoped = std::max(believed_, std::sqrt(believed_ * most));
  return allowed_ ? std::min(*allowed_, hoped) : hoped;
}

void LearnedRate::Exceeded(SteadyTime now) {
  exceeded_ = true;
  Climb(now);
}

void LearnedRate::Climb(SteadyTime now) {
  believed_ = hoped_per_minute();
  phase_ = Phase::kClimbing;
  unsure_ = false;
  changed_ = now;
}

void LearnedRate::Granted(SteadyTime now) {
  granted_any_ = granted_ever_ = true;
  if (phase_ == Phase::kClimbing) return ClimbOn(now);
  if (now - changed_ >= kProbeInterval) phase_ = Phase::kSettled;
  if (source_ != Source::kRefusal && source_ != Source::kGuess) return;
  ++granted_;
  if (!DueToProbe(now)) return;
  believed_ *= 1 + raised_;
  raised_ = steps_ < kSmallSteps ? kProbeStep : kLargeProbeStep;
  ++steps_;
  granted_ = 0;
  changed_ = now;
}

void LearnedRate::ClimbOn(SteadyTime now) {
  raised_ = std::exp2(SecondsBetween(changed_, now) / kSecondsToDouble) - 1;
  if (raised_ < kMostClimb) return;
  // Whatever it was, no quota of a minute.
  phase_ = Phase::kSettled;
  exceeded_ = false;
  source_ = Source::kNothing;
  raised_ = 0;
}

bool LearnedRate::DueToProbe(SteadyTime now) const {
  if (allowed_ && believed_ * (1 + raised_) >= *allowed_) return false;
  // One refusal may have been chance.
  const bool back = steps_ == 0 && by_chance_;
  const std::size_t enough = back ? 1 : steps_ <= 1 ? patience_ : kPatience / 20;
  return granted_ >= enough && now - changed_ >= kProbeInterval;
}

void LearnedRate::Believe(double per_minute, Source source, SteadyTime now) {
  const bool known = source_ == source && Near(per_minute, believed_);
  if (!known || patience_ == 0) {
    patience_ = kPatience;
  } else if (granted_any_) {
    patience_ = std::min(patience_ * 2, kMostPatience);
  } else if (source == Source::kGuess) {  // no probe has caused this one
    patience_ = std::min(patience_, kPatienceAfterRow);
  }
  source_ = source;
  believed_ = per_minute;
  raised_ = 0;
  steps_ = 0;
  granted_ = 0;
  changed_ = now;
}

}  // namespace reembed
