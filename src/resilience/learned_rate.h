#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "reembed/base/clock.h"

namespace reembed {

/// How many units a minute a provider grants, as far as is known: never more than the user allows.
///   headers  state it with every answer: followed at once, up and down
///   refusals state it (a quota's value) or not: then what went through before is measured, and a
///            little less is tried
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

  /// What went through since the last refusal, at most the last minute.
  struct Measure {
    double amount = 0;
    std::size_t requests = 0;
    double seconds = 0;
  };
  /// The first refusal of a burst; `stated` is the quota that it names.
  void Refused(std::optional<double> stated, const Measure& accepted, SteadyTime now);

  /// A request went through.
  void Granted(SteadyTime now);

 private:
  enum class Source : std::uint8_t { kNothing, kHeaders, kRefusal, kGuess };

  static bool IsMeasure(const Measure& accepted);
  bool CanGuess(const Measure& accepted) const;
  double GuessFrom(const Measure& accepted, SteadyTime now) const;
  void Believe(double per_minute, Source source, SteadyTime now);
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
  bool halved_ = false;      // by the last refusal, or one that it follows upon
  bool granted_any_ = true;  // since the last refusal
  bool granted_ever_ = false;
  double lowest_ = 0;  // no guess goes below
};

}  // namespace reembed
