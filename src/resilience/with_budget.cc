#include "src/resilience/with_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reembed/core/cost.h"

namespace reembed {
namespace {

// A provider may add a token at each end of a text.
constexpr std::uint64_t kFrameTokens = 2;
// Beside what the bills have shown: texts differ.
constexpr double kLeastMargin = 1.05;
// How much of an old excess is still expected at the next bill.
constexpr double kFading = 0.9;

TextShape ShapeOfAll(const EmbedRequest& request) {
  if (request.shape.texts != 0) return request.shape;
  TextShape shape;
  for (const std::string& text : request.texts) shape += ShapeOf(text);
  return shape;
}

// As other amounts, but small ones to the last digit: they are compared here.
std::string ExactUsd(double usd) {
  return usd <= 0 || usd >= 0.01 ? UsdText(usd) : fmt::format("${:.6f}", usd);
}

// Whether the provider may have done the work although no usable answer came. A stop that lets
// finish what is in flight has only kept the request from being sent.
bool MayBeBilled(ErrorKind kind, const StopTokens& stop) {
  if (kind == ErrorKind::kInterrupted) return stop.abort.stop_requested();
  return kind == ErrorKind::kTransient || kind == ErrorKind::kWrongLength;
}

}  // namespace

double BudgetLedger::Usd(std::uint64_t tokens) const {
  return static_cast<double>(tokens) * budget_.usd_per_million_tokens / 1e6;
}

BudgetLedger::Room BudgetLedger::RoomFor(std::uint64_t upper) const {
  if (Usd(upper) <= 0) return Room::kYes;
  const std::uint64_t spent = billed_ + maybe_billed_;
  if (exhausted_ || Usd(spent + upper) > budget_.usd) return Room::kNo;
  return Usd(spent + reserved_ + upper) <= budget_.usd ? Room::kYes : Room::kLater;
}

Status BudgetLedger::Reserve(std::uint64_t upper, const StopTokens& stop) {
  MutexLock lock(mutex_);
  const bool decided = changed_.wait(
      mutex_, stop.drain,
      [&]() REEMBED_TSA(no_thread_safety_analysis) { return RoomFor(upper) != Room::kLater; });
  if (!decided) {
    return Error{.kind = ErrorKind::kInterrupted,
                 .message = "interrupted while waiting for what --max-cost leaves"};
  }
  if (RoomFor(upper) == Room::kNo) {
    exhausted_ = true;
    changed_.notify_all();
    return Stopped(upper);
  }
  reserved_ += upper;
  return {};
}

Error BudgetLedger::Stopped(std::uint64_t upper) const {
  const double spent = Usd(billed_ + maybe_billed_);
  std::string message =
      fmt::format("stopped before --max-cost {}: spent {}", ExactUsd(budget_.usd), ExactUsd(spent));
  if (maybe_billed_ > 0) {
    message += fmt::format(" (of it {} for requests without an answer, which may have been billed)",
                           ExactUsd(Usd(maybe_billed_)));
  }
  message += fmt::format("; the next request, up to {}, would take it above", ExactUsd(Usd(upper)));
  return {.kind = ErrorKind::kLimit, .message = std::move(message)};
}

void BudgetLedger::Settle(std::uint64_t upper, std::uint64_t billed) {
  MutexLock lock(mutex_);
  reserved_ -= upper;
  billed_ += billed;
  changed_.notify_all();
}

void BudgetLedger::GiveBack(std::uint64_t upper) {
  Settle(upper, 0);
}

void BudgetLedger::MaybeBilled(std::uint64_t upper) {
  MutexLock lock(mutex_);
  reserved_ -= upper;
  maybe_billed_ += upper;
  changed_.notify_all();
}

std::uint64_t EstimateMargin::Upper(std::uint64_t estimated, const TextShape& shape) const {
  const std::uint64_t most = shape.bytes + kFrameTokens * shape.texts;
  MutexLock lock(mutex_);
  if (bills_ == 0) return most;
  const double margin = worst_ * (kLeastMargin + 1.0 / static_cast<double>(1 + bills_));
  const auto upper = static_cast<std::uint64_t>(std::ceil(static_cast<double>(estimated) * margin));
  return std::min(upper + kFrameTokens * shape.texts, most);
}

void EstimateMargin::Learn(std::uint64_t estimated, std::uint64_t billed) {
  if (estimated == 0 || billed == 0) return;
  const double ratio = static_cast<double>(billed) / static_cast<double>(estimated);
  MutexLock lock(mutex_);
  // The first estimate comes before anything was learned and says nothing about the next.
  if (bills_++ == 0) return;
  worst_ = std::max(ratio, 1 + (worst_ - 1) * kFading);
}

Result<EmbedReply> WithBudget::Embed(const EmbedRequest& request, const StopTokens& stop) {
  const TextShape shape = ShapeOfAll(request);
  const std::uint64_t estimated = estimator_.Snapshot().TokensIn(shape);
  const std::uint64_t upper = margin_.Upper(estimated, shape);
  if (Status reserved = ledger_.Reserve(upper, stop); !reserved.ok()) return reserved.error();
  Result<EmbedReply> reply = inner_.Embed(request, stop);
  if (reply.ok()) {
    const std::uint64_t billed = reply->tokens.value_or(estimated);
    ledger_.Settle(upper, billed);
    if (reply->tokens) margin_.Learn(estimated, billed);
  } else if (MayBeBilled(reply.error().kind, stop)) {
    ledger_.MaybeBilled(upper);
  } else {
    ledger_.GiveBack(upper);
  }
  return reply;
}

}  // namespace reembed
