#pragma once

#include "reembed/base/clock.h"

namespace reembed {

/// A continuous bucket as pure arithmetic: `per_minute` units a minute, holding at most
/// `burst` units, starting empty. A request larger than the burst is let through when the bucket
/// is full and leaves it in debt, so that nothing waits for ever. The caller supplies the time.
class TokenBucket {
 public:
  TokenBucket(double per_minute, double burst, SteadyTime now);

  /// How long until `amount` may be taken.
  Millis Delay(double amount, SteadyTime now);

  /// Takes `amount`, whatever is left: the caller has asked Delay() first, or owes it.
  void Take(double amount, SteadyTime now);

  /// Takes `amount` and returns how long to wait before using it.
  Millis Reserve(double amount, SteadyTime now);

  /// Gives back (positive) or takes more (negative) once the true amount is known.
  void Settle(double difference);

  /// Another rate from now on; what is in it stays.
  void SetRate(double per_minute, SteadyTime now);

  /// Holds so much from now on; what is above it is lost.
  void SetBurst(double burst, SteadyTime now);

  /// There is no more in it than this, which may be less than nothing.
  void Cap(double level, SteadyTime now);

 private:
  void Refill(SteadyTime now);

  double per_milli_;
  double burst_;
  double level_ = 0;
  SteadyTime last_;
};

}  // namespace reembed
