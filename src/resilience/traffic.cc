#include "src/resilience/traffic.h"

#include <algorithm>

#include "reembed/core/retry.h"

namespace reembed {
namespace {

// A wait beyond this is no quota of the minute, and tells nothing of one.
constexpr Millis kLongestWaitOfAMinute{90'000};

Millis Scaled(Millis whole, double part) {
  return Millis(static_cast<Millis::rep>(static_cast<double>(whole.count()) * part));
}

/// Rounded up, so that a wait is never a fraction too short.
Millis Until(SteadyTime time, SteadyTime now) {
  return std::chrono::ceil<Millis>(time - now);
}

/// True when the request is sure not to have been counted: it was refused for what it is, or never
/// reached the server. A failure of the server may come after the counting.
bool CostsNothing(ErrorKind kind) {
  return kind != ErrorKind::kTransient && kind != ErrorKind::kWrongLength &&
         kind != ErrorKind::kInterrupted;
}

}  // namespace

Traffic::Traffic(const RateRules& rules, SteadyTime now)
    : requests_(rules.requests_per_minute, now),
      tokens_(rules.tokens_per_minute, now),
      concurrency_({.most = rules.concurrency,
                    .quota_hidden = rules.counts_texts && !rules.requests_per_minute},
                   now),
      to_stagger_(rules.concurrency) {}

bool Traffic::HasRoom() const {
  return feeling_ ? since_pause_ == 0 : concurrency_.Allows(in_flight_);
}

Traffic::Hold Traffic::HoldNow(const RequestCost& cost, double jitter, SteadyTime now) {
  const Millis pause = Until(not_before_ + Scaled(spread_, jitter), now);
  const Millis paced = std::max({requests_.Delay(cost.requests, now),
                                 tokens_.Delay(cost.tokens, now), Until(StaggeredStart(), now)});
  return {.left = std::max(pause, paced), .paused = pause >= paced};
}

SteadyTime Traffic::StaggeredStart() const {
  if (to_stagger_ == 0 || !seconds_to_answer_ || RateKnown()) return last_start_;
  const double slots = static_cast<double>(std::max<std::size_t>(concurrency_.limit(), 1));
  return last_start_ +
         std::chrono::floor<Millis>(std::chrono::duration<double>(*seconds_to_answer_ / 2 / slots));
}

Traffic::Ticket Traffic::Begin(const RequestCost& cost, SteadyTime now) {
  const Ticket ticket{.pauses = pauses_,
                      .sent = now,
                      .requests = requests_.Take(cost.requests, now),
                      .tokens = tokens_.Take(cost.tokens, now),
                      .pass = concurrency_.Begin(in_flight_)};
  ++in_flight_;
  ++since_pause_;
  last_start_ = now;
  if (to_stagger_ > 0) --to_stagger_;
  return ticket;
}

void Traffic::End(const Ticket& ticket) {
  --in_flight_;
  if (ticket.pauses != pauses_) return;
  --since_pause_;
  feeling_ = false;
}

void Traffic::Succeeded(const Ticket& ticket, std::optional<std::uint64_t> billed,
                        const QuotaNotice& quota, SteadyTime now) {
  End(ticket);
  limited_since_.reset();
  if (billed) tokens_.Billed(ticket.tokens, static_cast<double>(*billed));
  requests_.Hear(quota.requests, ticket.requests, now);
  tokens_.Hear(quota.tokens, ticket.tokens, now);
  if (ticket.pauses == pauses_) {
    // What was sent before the last refusal says nothing of the time after it.
    limited_in_a_row_ = 0;
    requests_.Granted(ticket.requests, now);
    tokens_.Granted(ticket.tokens, now);
  }
  if (RateKnown()) concurrency_.QuotaKnown();
  concurrency_.Succeeded(ticket.pass, now);
  const double seconds = SecondsBetween(ticket.sent, now);
  seconds_to_answer_ = seconds_to_answer_ ? (3 * *seconds_to_answer_ + seconds) / 4 : seconds;
}

void Traffic::Failed(const Ticket& ticket, ErrorKind kind, bool overloaded, SteadyTime now) {
  End(ticket);
  if (CostsNothing(kind)) {
    // Vendors count requests that they refuse, but not what is in them.
    if (kind == ErrorKind::kUnreachable) requests_.Settle(ticket.requests, 0);
    tokens_.Settle(ticket.tokens, 0);
  }
  if (overloaded) concurrency_.Overloaded(ticket.pass, now);
}

Traffic::Pause Traffic::Limited(const Ticket& ticket, const Error& error, SteadyTime now) {
  requests_.Settle(ticket.requests, std::min(1.0, ticket.requests.amount));
  tokens_.Settle(ticket.tokens, 0);
  // Requests already in flight when the pause began belong to the same burst: they may lengthen
  // it, and neither count as another refusal after it nor teach anything new.
  const bool first = ticket.pauses == pauses_;
  End(ticket);
  if (first) {
    BeginPause(ticket, error, now);
  } else {
    requests_.RefusedToo(ticket.requests, now);
    tokens_.RefusedToo(ticket.tokens, now);
  }
  if (!limited_since_) limited_since_ = now;
  const Millis length = RateLimitPause(error, limited_in_a_row_, 0);
  if (now + length > not_before_) {
    not_before_ = now + length;
    spread_ = RateLimitPause(error, limited_in_a_row_, 1) - length;
  }
  if (first) {
    // Too much at once is over sooner than a minute.
    const bool in_vain = limited_in_a_row_ > 1 && !error.overloaded;
    const auto trust = error.retry_after ? QuotaPacer::Trust::kStated
                       : in_vain         ? QuotaPacer::Trust::kRefused
                                         : QuotaPacer::Trust::kHoped;
    requests_.Reopen(ticket.requests, now, not_before_, trust);
    tokens_.Reopen(ticket.tokens, now, not_before_, trust);
  }
  return {.length = length, .limited_for = std::chrono::floor<Millis>(now - *limited_since_)};
}

void Traffic::BeginPause(const Ticket& ticket, const Error& error, SteadyTime now) {
  ++pauses_;
  ++limited_in_a_row_;
  feeling_ = true;
  since_pause_ = 0;
  to_stagger_ = concurrency_.limit();
  const bool bare = !error.limit && !error.retry_after;
  if (error.overloaded || bare) concurrency_.Overloaded(ticket.pass, now);
  if (!error.overloaded) LearnRate(ticket, error, now);
}

void Traffic::LearnRate(const Ticket& ticket, const Error& error, SteadyTime now) {
  if (error.retry_after.value_or(Millis(0)) > kLongestWaitOfAMinute) return;
  QuotaPacer::Refusal refusal;
  if (error.retry_after) refusal.then = now + *error.retry_after;
  // Nothing a minute is no rate to keep to, only a wait.
  if (error.limit.value_or(0) > 0) refusal.stated = static_cast<double>(*error.limit);
  if (refusal.stated && error.limit_unit == LimitUnit::kTokens) {
    tokens_.Refused(refusal, ticket.tokens, now);
  } else if (refusal.stated && error.limit_unit == LimitUnit::kRequests) {
    requests_.Refused(refusal, ticket.requests, now);
  } else if (tokens_.Use(now) > requests_.Use(now)) {
    // Nothing says which quota it was: the one nearer to its limit, else that of the requests.
    refusal.stated.reset();
    tokens_.Refused(refusal, ticket.tokens, now);
  } else {
    refusal.stated.reset();
    requests_.Refused(refusal, ticket.requests, now);
  }
  if (RateKnown()) concurrency_.QuotaKnown();
}

bool Traffic::RateKnown() const {
  return requests_.per_minute().has_value() || tokens_.per_minute().has_value();
}

GrantedPace Traffic::Pace() const {
  return {.requests_per_minute = requests_.per_minute(),
          .tokens_per_minute = tokens_.per_minute(),
          .concurrency = concurrency_.limit()};
}

}  // namespace reembed
