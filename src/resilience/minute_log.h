#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "reembed/base/clock.h"

namespace reembed {

/// What was sent in the last minute, request by request: answers when the next may follow if no
/// minute, wherever it begins, is to hold more than a limit. A little more than a minute is looked
/// at, because requests do not travel equally fast. Values with a time as argument; one thread.
class MinuteLog {
 public:
  /// Notes a request and returns its number. Times do not go back.
  std::uint64_t Add(double amount, SteadyTime now);

  /// What the request has cost in truth. A request that has left the log is past caring.
  void Change(std::uint64_t number, double amount);

  /// How long until `amount` more stays within `limit`. An amount above the limit waits for an
  /// empty minute.
  Millis Delay(double amount, double limit, SteadyTime now);

  /// The server has said, or may be hoped, to take `amount` more at `then` whatever was sent
  /// before: what counts until then shrinks in proportion.
  void Forgive(double amount, double limit, SteadyTime then);

  /// The hope was wrong: all that was sent counts in full again.
  void CountAll();

  /// What was sent after `since` and, if that is named, not after `until`; and in how many
  /// requests. Remembered for a minute and a half.
  struct Sum {
    double amount = 0;
    std::size_t requests = 0;
  };
  Sum SentSince(SteadyTime since, SteadyTime until = SteadyTime::max()) const;

 private:
  struct Entry {
    SteadyTime at;
    double sent = 0;
    double counted = 0;
  };
  void Drop(SteadyTime now);

  std::deque<Entry> entries_;
  std::uint64_t dropped_ = 0;  // numbers below are gone
  std::size_t past_ = 0;       // entries_ that are too old to count
  double counted_ = 0;         // sum over the others
};

}  // namespace reembed
