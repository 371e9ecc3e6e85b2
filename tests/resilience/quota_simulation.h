#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <random>
#include <vector>

#include "src/resilience/traffic.h"
#include "tests/sandbox/provider_quota.h"

namespace reembed::testing {

/// What a simulated server tells of its quota, beside refusing.
enum class Telling : std::uint8_t {
  kHeaders,   ///< limits and what is left, with every answer
  kRefusals,  ///< limit and wait, with a refusal
  kWaits,     ///< the wait alone, with a refusal
  kNothing,
};

/// A server, its clients' workers and their work. All in virtual time and from one seed.
struct QuotaStory {
  sandbox::QuotaLimits limits;
  sandbox::QuotaKind kind = sandbox::QuotaKind::kBucket;
  Telling telling = Telling::kHeaders;
  RateRules rules{.concurrency = 8};
  int fewest_texts = 1;
  int most_texts = 1;
  int fewest_tokens = 1;  ///< of one request
  int most_tokens = 1;
  double estimate_error = 0.1;  ///< estimates are wrong by as much at most
  int fastest_ms = 200;         ///< of an answer with vectors
  int slowest_ms = 900;
  double minute_began = 0;     ///< so many seconds before the start
  bool smooth = false;         ///< batches are at most a fiftieth of the pace, once it is known
  bool slow_refusals = false;  ///< a 429 takes as long as vectors; else some 30 ms
  std::uint32_t seed = 1;
};

/// N workers that always have something to send, in the order in which RateGate lets them.
class QuotaSimulation {
 public:
  explicit QuotaSimulation(const QuotaStory& story)
      : story_(story),
        quota_(story.limits, now_ - Nanos(story.minute_began), story.kind),
        traffic_(story.rules, now_),
        dice_(story.seed) {
    for (std::size_t i = 0; i < story.rules.concurrency; ++i) Queue();
  }

  /// Lets time pass up to `seconds` after the start.
  void RunTo(double seconds) {
    const SteadyTime end = kStart + Nanos(seconds);
    Look();
    while (!events_.empty() && events_.top().at <= end) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.at;
      event.act();
      Look();
    }
    now_ = end;
  }

  void Change(sandbox::QuotaLimits limits) { quota_.Change(limits, now_); }

  /// Units granted and requests sent between two moments.
  struct Sums {
    double texts = 0;
    double tokens = 0;
    std::size_t requests = 0;
    std::size_t refused = 0;
  };
  Sums Between(double from, double to) const {
    Sums sums;
    for (const Met& met : met_) {
      if (met.at <= kStart + Nanos(from) || met.at > kStart + Nanos(to)) continue;
      ++sums.requests;
      sums.refused += met.granted ? 0 : 1;
      sums.texts += met.granted ? met.texts : 0;
      sums.tokens += met.granted ? met.tokens : 0;
    }
    return sums;
  }

  GrantedPace Pace() const { return traffic_.Pace(); }

 private:
  struct Work {
    double texts = 0;
    double tokens = 0;
    RequestCost cost = {};
    double jitter = 0;
  };
  struct Event {
    SteadyTime at;
    std::uint64_t number = 0;
    std::function<void()> act;
    bool operator<(const Event& other) const {
      return at != other.at ? at > other.at : number > other.number;
    }
  };
  struct Met {
    SteadyTime at;
    bool granted = false;
    double texts = 0;
    double tokens = 0;
  };

  static std::chrono::nanoseconds Nanos(double seconds) {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
  }
  double Uniform(double from, double to) {
    return from + (to - from) * static_cast<double>(dice_()) / 4294967296.0;
  }
  double Whole(int from, int to) { return std::floor(Uniform(from, to + 1)); }
  void At(double seconds, std::function<void()> act) {
    events_.push({now_ + Nanos(seconds), ++last_event_, std::move(act)});
  }

  void Queue() {
    Work work{.texts = Whole(story_.fewest_texts, story_.most_texts),
              .tokens = Whole(story_.fewest_tokens, story_.most_tokens)};
    if (story_.smooth) {
      const GrantedPace pace = traffic_.Pace();
      if (story_.rules.counts_texts && pace.requests_per_minute) {
        work.texts =
            std::min(work.texts, std::max(1.0, std::floor(*pace.requests_per_minute / 50)));
      }
      if (pace.tokens_per_minute) {
        work.tokens =
            std::min(work.tokens, std::max(1.0, std::floor(*pace.tokens_per_minute / 50)));
      }
    }
    const double wrong = Uniform(1 - story_.estimate_error, 1 + story_.estimate_error);
    work.cost = {.requests = story_.rules.counts_texts ? work.texts : 1,
                 .tokens = work.tokens * wrong};
    work.jitter = Uniform(0, 1);
    queue_.push_back(work);
  }

  // What the worker at the head of the queue does, as RateGate::Enter.
  void Look() {
    while (!asleep_ && !queue_.empty() && traffic_.HasRoom()) {
      const Traffic::Hold hold = traffic_.HoldNow(queue_.front().cost, queue_.front().jitter, now_);
      if (hold.left <= Millis(0)) {
        Send();
        continue;
      }
      asleep_ = true;
      // A sleeper wakes a little late.
      At(static_cast<double>(hold.left.count()) / 1000 + Uniform(0, 0.02),
         [this] { asleep_ = false; });
    }
  }

  void Send() {
    const Work work = queue_.front();
    queue_.pop_front();
    const Traffic::Ticket ticket = traffic_.Begin(work.cost, now_);
    At(Uniform(0.005, 0.1), [this, work, ticket] { Arrive(work, ticket); });
  }

  void Arrive(const Work& work, const Traffic::Ticket& ticket) {
    const double requests = story_.rules.counts_texts ? work.texts : 1;
    const sandbox::QuotaVerdict verdict = quota_.Take(requests, work.tokens, now_);
    met_.push_back({now_, verdict.granted, work.texts, work.tokens});
    const sandbox::QuotaState state = quota_.Look(now_);
    const double usual = Uniform(story_.fastest_ms, story_.slowest_ms) / 1000;
    At(verdict.granted || story_.slow_refusals ? usual : Uniform(0.01, 0.05), [=, this] {
      if (verdict.granted) {
        traffic_.Succeeded(ticket, static_cast<std::uint64_t>(work.tokens), NoticeOf(state), now_);
      } else {
        static_cast<void>(traffic_.Limited(ticket, ErrorOf(verdict, state), now_));
      }
      Queue();
    });
  }

  QuotaNotice NoticeOf(const sandbox::QuotaState& state) const {
    QuotaNotice notice;
    if (story_.telling != Telling::kHeaders) return notice;
    if (state.limits.requests > 0) {
      notice.requests = {.per_minute = state.limits.requests,
                         .remaining = static_cast<double>(state.remaining_requests)};
    }
    if (state.limits.tokens > 0) {
      notice.tokens = {.per_minute = state.limits.tokens,
                       .remaining = static_cast<double>(state.remaining_tokens)};
    }
    return notice;
  }

  Error ErrorOf(const sandbox::QuotaVerdict& verdict, const sandbox::QuotaState& state) const {
    Error error{.kind = ErrorKind::kRateLimited, .message = "slow down"};
    if (story_.telling == Telling::kNothing) return error;
    const bool tokens = verdict.refused_by_tokens;
    error.retry_after = verdict.wait;
    if (story_.telling == Telling::kWaits) return error;
    error.limit_unit = tokens ? LimitUnit::kTokens : LimitUnit::kRequests;
    error.limit = static_cast<std::uint64_t>(tokens ? state.limits.tokens : state.limits.requests);
    return error;
  }

  static constexpr SteadyTime kStart{std::chrono::hours(1)};

  const QuotaStory story_;
  SteadyTime now_ = kStart;
  sandbox::Quota quota_;
  Traffic traffic_;
  std::mt19937 dice_;
  std::priority_queue<Event> events_;
  std::uint64_t last_event_ = 0;
  std::deque<Work> queue_;
  bool asleep_ = false;
  std::vector<Met> met_;
};

}  // namespace reembed::testing
