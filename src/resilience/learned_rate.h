#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "reembed/base/clock.h"

namespace reembed {

/// How many units a minute a provider grants, as far as is known: never more than the user allows.
///   headers  state it with every answer: followed at once, up and down
///   refusals state it (a quota's value) or not: then it is measured
///
/// Measured means:
///   - Met for the first time, the quota is what was accepted in the minute before the refusal:
///     true of every server that looks at minutes. One with a continuous bucket grants more within
///     that minute (Exceeded): then the rate doubles every few seconds up to the next refusal, and
///     what went through between the two is what the bucket grants.
///   - Refused at a rate that went well before, the quota has become smaller. A minute with clearly
///     less in it is the new quota. Else the rate sinks a little, and to one half when the next
///     request, or one of the next few, is refused as well.
/// A rate known from refusals alone may have risen since. So it is probed: a little more each
/// minute, beginning when so many requests have passed that the refusal which ends it is a rare
/// one; later each time that the probe finds the old rate. Pure arithmetic; one thread.
class LearnedRate {
 public:
  explicit LearnedRate(std::optional<double> allowed) : allowed_(allowed) {}

  /// Absent: no limit is known.
  std::optional<double> per_minute() const;
  /// What the headers said last.
  std::optional<double> stated() const {
    return source_ == Source::kHeaders ? std::optional<double>(believed_) : std::nullopt;
  }

  /// An answer's header. True when this changes the rate.
  bool Stated(double per_minute);

  /// What was accepted before a refusal.
  struct Sum {
    double amount = 0;
    std::size_t requests = 0;
    double seconds = 0;
  };
  struct Measure {
    Sum minute;             ///< in the minute before it
    Sum since_refusal;      ///< of that, since the last refusal
    double refused = 0;     ///< the request that was not
    bool promised = false;  ///< the minute ends when, as the server says, there is room for that
  };
  /// The first refusal of a burst; `stated` is the quota that it names.
  void Refused(std::optional<double> stated, const Measure& accepted, SteadyTime now);

  /// Another of the burst, which was counted as accepted.
  void RefusedToo(double amount);

  bool guessed() const { return source_ == Source::kGuess; }
  /// True while the rate is what was accepted before the very first refusal, and nothing has
  /// confirmed it.
  bool just_met() const { return phase_ == Phase::kJustMet; }
  /// What is tried first when there is hope that it counts continuously.
  double hoped_per_minute() const;
  /// True when besides so few requests were accepted that they measure nothing.
  bool unsure() const { return unsure_; }
  /// Doubles the rate every few seconds until the next refusal.
  void Climb(SteadyTime now);
  /// The same, because more was granted within a minute than the rate: the server counts
  /// continuously.
  void Exceeded(SteadyTime now);

  /// A request went through.
  void Granted(SteadyTime now);

 private:
  enum class Source : std::uint8_t { kNothing, kHeaders, kRefusal, kGuess };
  enum class Phase : std::uint8_t { kSettled, kJustMet, kClimbing };

  bool CanGuess(const Measure& accepted) const;
  bool Recently(SteadyTime now) const;
  bool Probes(SteadyTime now) const;
  bool Meets(const Measure& accepted) const;
  double WhatWasMet(const Measure& accepted) const;
  void Guess(const Measure& accepted, SteadyTime now);
  double GuessFrom(const Measure& accepted, double current, SteadyTime now) const;
  bool ShowsLess(const Measure& accepted, double current, SteadyTime now) const;
  double GuessAgain(const Measure& accepted, double current, double low) const;
  void Believe(double per_minute, Source source, SteadyTime now);
  void ClimbOn(SteadyTime now);
  bool DueToProbe(SteadyTime now) const;

  std::optional<double> allowed_;
  Source source_ = Source::kNothing;
  double believed_ = 0;
  double raised_ = 0;  // how far a probe is above believed_, as a part of it
  int steps_ = 0;
  std::size_t granted_ = 0;  // requests since the last step or refusal
  std::size_t patience_ = 0;
  SteadyTime changed_;
  std::optional<SteadyTime> refused_at_;
  double held_ = 0;         // the rate that went well before the last refusals
  bool measured_ = false;   // by the last refusal, or one that it follows upon
  bool blamed_ = false;     // a probe, for the last refusal
  bool by_chance_ = false;  // the last refusal, perhaps
  Phase phase_ = Phase::kSettled;
  bool unsure_ = false;      // met, and not even measured
  bool exceeded_ = false;    // it counts continuously
  double seconds_met_ = 60;  // that it took to meet the quota
  bool granted_any_ = true;  // since the last refusal
  bool granted_ever_ = false;
  double lowest_ = 0;  // no halving goes below
};

}  // namespace reembed
