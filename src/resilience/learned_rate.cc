#include "src/resilience/learned_rate.h"

#include <algorithm>

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

// Where nothing is stated: a little below what was measured, then carefully up to it.
constexpr double kBelowMeasured = 0.97;
constexpr Seconds kRecent{60};
constexpr std::size_t kEnoughToMeasure = 8;
constexpr double kShortOfMeasure = 0.5;
constexpr double kClearlyLess = 0.75;
// Refusals that do not end whatever the rate are not about the rate.
constexpr double kLowestPart = 1.0 / 4;
// A rate that was never measured may be far from the truth.
constexpr double kLowestPartOfUnmeasured = 1.0 / 64;

double Measured(const LearnedRate::Measure& accepted) {
  return accepted.amount / std::max(1.0, accepted.seconds) * 60 * kBelowMeasured;
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
  return changes;
}

void LearnedRate::Refused(std::optional<double> stated, const Measure& accepted, SteadyTime now) {
  if (stated) {
    // Headers come with every answer, so that this one is theirs and needs no probe either.
    Believe(*stated, source_ == Source::kHeaders ? Source::kHeaders : Source::kRefusal, now);
  } else if (source_ == Source::kGuess || (source_ == Source::kNothing && CanGuess(accepted))) {
    const std::optional<double> before = per_minute();
    const double guess = GuessFrom(accepted, now);
    halved_ = before && (guess < *before * kClearlyLess || (halved_ && guess == *before));
    if (source_ != Source::kGuess || guess < lowest_) {
      lowest_ = IsMeasure(accepted) ? std::min(guess, Measured(accepted)) * kLowestPart
                                    : guess * kLowestPartOfUnmeasured;
    }
    Believe(guess, Source::kGuess, now);
  }
  granted_any_ = false;
  refused_at_ = now;
}

void LearnedRate::Granted(SteadyTime now) {
  granted_any_ = granted_ever_ = true;
  if (source_ != Source::kRefusal && source_ != Source::kGuess) return;
  ++granted_;
  if (!DueToProbe(now)) return;
  raised_ += steps_ < kSmallSteps ? kProbeStep : kLargeProbeStep;
  ++steps_;
  granted_ = 0;
  changed_ = now;
}

bool LearnedRate::DueToProbe(SteadyTime now) const {
  if (allowed_ && believed_ * (1 + raised_) >= *allowed_) return false;
  // A first careful step from below what was measured needs no patience.
  const bool to_measured = source_ == Source::kGuess && steps_ == 0;
  const std::size_t enough = to_measured ? 1 : steps_ <= 1 ? patience_ : kPatience / 20;
  return granted_ >= enough && now - changed_ >= kProbeInterval;
}

bool LearnedRate::IsMeasure(const Measure& accepted) {
  return accepted.requests >= kEnoughToMeasure;
}

// Refused from the start, it is others, or a run before this one, who have used up the quota.
bool LearnedRate::CanGuess(const Measure& accepted) const {
  return IsMeasure(accepted) || (allowed_ && granted_ever_);
}

double LearnedRate::GuessFrom(const Measure& accepted, SteadyTime now) const {
  const double measured = Measured(accepted);
  const std::optional<double> current = per_minute();
  if (!current) return std::max(measured, 1.0);
  const bool recently = refused_at_ && now - *refused_at_ <= kRecent;
  // A minute that was spent in a pause, or on one slow request, measures nothing.
  if (!recently && IsMeasure(accepted)) return std::min(*current, measured);
  // Refused twice without anything in between is clearly too much; more often, it is the minute
  // that has not passed yet.
  const bool again = !granted_any_;
  if (again && halved_) return *current;
  const double low = std::min(*current, std::max(kShortOfMeasure * *current, lowest_));
  if (!recently && !again) return std::clamp(measured, low, *current);
  if (again || !IsMeasure(accepted)) return low;
  // Between two refusals of a bucket that was empty at both went just what it grants.
  return std::clamp(measured, low, std::max(low, *current * kBelowMeasured));
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
