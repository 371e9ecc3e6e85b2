#pragma once

#include <cstdint>
#include <optional>

#include "reembed/core/quota.h"
#include "reembed/core/token_bucket.h"
#include "src/resilience/learned_rate.h"
#include "src/resilience/minute_log.h"

namespace reembed {

/// Spreads what goes out evenly over the minute, for one kind of quota (requests, texts or tokens),
/// at the rate that the user allows or the provider is known to grant; without one nothing waits.
/// Suits servers that count by a continuous bucket, over a sliding minute or by the clock's
/// minutes: a bucket of its own, small and empty at first, keeps the distance, and no minute,
/// wherever it begins, holds more than the quota, unless the answers show that the server does not
/// look at minutes. Where nothing states the quota, refusals are made to tell it:
///   - the next request goes out as soon as a bucket would have earned it. Granted, though then
///     more went through within a minute than the first refusal allows, the server counts
///     continuously, and the rate may climb (see LearnedRate);
///   - refused, the server looks at minutes: nothing follows until one has passed since the first
///     refusal, so that no minute's end is guessed at the cost of more refusals.
/// Pure arithmetic; one thread.
class QuotaPacer {
 public:
  /// One request, as it was counted.
  struct Charge {
    double amount = 0;
    std::uint64_t number = 0;  // in the log
    double total = 0;          // all that was ever sent, this included
    SteadyTime at;
  };

  QuotaPacer(std::optional<double> allowed, SteadyTime now);

  std::optional<double> per_minute() const { return rate_.per_minute(); }

  /// How long until `amount` may go out.
  Millis Delay(double amount, SteadyTime now);
  /// It goes out now.
  Charge Take(double amount, SteadyTime now);

  /// What it has cost in truth, when that was not known before. Once for each charge.
  void Billed(const Charge& charge, double amount);
  /// Instead: it failed and has cost no more than this.
  void Settle(const Charge& charge, double amount);
  /// What an answer states. A limit is followed at once; `remaining` bounds what may follow, since
  /// others may share the quota. It is judged by what was sent after that request and by what has
  /// come back since, so that answers out of order do no harm.
  void Hear(const QuotaFacts& facts, const Charge& charge, SteadyTime now);
  /// It went through, and is settled if need be.
  void Granted(const Charge& charge, SteadyTime now);

  /// A 429, the first of its burst.
  struct Refusal {
    std::optional<double> stated;    ///< the quota that it names
    std::optional<SteadyTime> then;  ///< when it says that there will be room
  };
  /// Its charge is settled. The rate becomes what is known now.
  void Refused(const Refusal& refusal, const Charge& charge, SteadyTime now);
  /// Another 429 of the burst.
  void RefusedToo(const Charge& charge, SteadyTime now);
  /// After a 429 the next request is to go out at `then`.
  enum class Trust : std::uint8_t {
    kStated,   ///< the server says that it takes one like the refused one then
    kHoped,    ///< it does not, but may take one by the time that one is earned
    kRefused,  ///< hoped for in vain: a minute has to pass
  };
  void Reopen(const Charge& charge, SteadyTime now, SteadyTime then, Trust trust);

  /// How much of the known rate the last minute has used; 0 without one.
  double Use(SteadyTime now) const;

 private:
  bool Hopes() const;
  double Pace() const;
  void Follow(SteadyTime now);
  double Careful(double amount) const { return amount * (1 + 2 * doubt_); }
  void Judge(double remaining, double sent_after, SteadyTime now);

  LearnedRate rate_;
  std::optional<TokenBucket> bucket_;
  MinuteLog log_;
  double total_ = 0;
  double doubt_ = 0;  // how wrong estimates are on average, as a part of them
  SteadyTime began_;
  SteadyTime measured_from_;  // the start, or when the last refused request was sent
  SteadyTime row_began_{};    // when the first of the last refusals in a row was sent
  bool trial_ = false;        // what follows a refusal goes out in the hope that there is room
  double too_much_ = 0;       // for a minute, if the refusal was about a minute
  bool hopeless_ = false;     // it is the second refusal after the quota was met
  SteadyTime next_{};         // not before, whatever has been saved up

  // Whether the server counts continuously: then, unlike within a minute, it has more left than
  // the limit less what the last minute took.
  bool continuous_ = false;
  double least_left_ = 0;  // in the minute since judged_at_: remaining + used, by the limit
  SteadyTime judged_at_;
};

}  // namespace reembed
