#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "reembed/base/error.h"
#include "reembed/core/quota.h"
#include "src/resilience/concurrency.h"
#include "src/resilience/quota_pacer.h"

namespace reembed {

/// What the user allows. Without a number a rate is found out, from headers and refusals.
struct RateRules {
  std::optional<double> requests_per_minute =
      {};  ///< in the provider's own unit: requests or texts
  std::optional<double> tokens_per_minute = {};
  Millis max_wait{900'000};
  std::size_t concurrency = 0;  ///< requests in flight together at most; 0: no limit
  bool counts_texts = false;    ///< `requests` are texts
};

/// What one request costs.
struct RequestCost {
  double requests = 1;
  double tokens = 0;
};

/// Decides when a request may go out; RateGate does the waiting. Three limits together:
///   pause      the longest that any 429 has asked for, with jitter on top; behind it one request
///              goes out, and the others follow when it is answered
///   rates      of requests and of tokens (QuotaPacer); while none is known, the first requests
///              are spread over half of the time that an answer takes
///   in flight  see Concurrency
/// Arithmetic only: the caller supplies the time. One thread.
class Traffic {
 public:
  /// A request on its way. Must be given back once: to Succeeded, Failed or Limited.
  struct Ticket {
    std::uint64_t pauses = 0;  // that it has sat out
    SteadyTime sent;
    QuotaPacer::Charge requests;
    QuotaPacer::Charge tokens;
    Concurrency::Pass pass;
  };
  /// What the next request waits for, while there is room for it.
  struct Hold {
    Millis left{0};
    bool paused = false;  ///< by a 429; else to keep the pace
  };
  /// What a 429 has brought.
  struct Pause {
    Millis length{0};
    Millis limited_for{0};  ///< since the first 429 after the last success
  };

  Traffic(const RateRules& rules, SteadyTime now);

  /// True when one more may be in flight. Changes only when a request comes back.
  bool HasRoom() const;
  Hold HoldNow(const RequestCost& cost, double jitter, SteadyTime now);
  /// The request goes out now: there is room, and nothing to wait for.
  Ticket Begin(const RequestCost& cost, SteadyTime now);

  /// Answered with vectors, for so many tokens if the answer says so.
  void Succeeded(const Ticket& ticket, std::optional<std::uint64_t> billed,
                 const QuotaNotice& quota, SteadyTime now);
  /// Failed otherwise than by a 429. `overloaded`: the server has too much to do at once.
  void Failed(const Ticket& ticket, ErrorKind kind, bool overloaded, SteadyTime now);
  /// Answered with a 429.
  Pause Limited(const Ticket& ticket, const Error& error, SteadyTime now);

  GrantedPace Pace() const;

 private:
  SteadyTime StaggeredStart() const;
  void End(const Ticket& ticket);
  void BeginPause(const Ticket& ticket, const Error& error, SteadyTime now);
  void LearnRate(const Ticket& ticket, const Error& error, SteadyTime now);
  bool RateKnown() const;

  QuotaPacer requests_;
  QuotaPacer tokens_;
  Concurrency concurrency_;
  std::size_t in_flight_ = 0;
  std::size_t since_pause_ = 0;  // of those, sent after the last pause

  SteadyTime not_before_{};
  Millis spread_{0};  // how far jitter may stretch the pause
  std::uint64_t pauses_ = 0;
  bool feeling_ = false;  // until the first answer after a pause
  int limited_in_a_row_ = 0;
  std::optional<SteadyTime> limited_since_;

  std::size_t to_stagger_;  // starts that are still spread
  SteadyTime last_start_{};
  std::optional<double> seconds_to_answer_;
};

}  // namespace reembed
