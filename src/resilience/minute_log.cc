#include "src/resilience/minute_log.h"

#include <algorithm>

namespace reembed {
namespace {

// Requests do not travel equally fast: one may gain so much on another that was sent before it.
// Costs half a hundredth of the quota.
constexpr Millis kCountedFor{60'300};
// A refusal may come late, and is to be judged by the minute before it was earned.
constexpr Millis kRememberedFor{90'000};

}  // namespace

std::uint64_t MinuteLog::Add(double amount, SteadyTime now) {
  Drop(now);
  entries_.push_back({now, amount, amount});
  counted_ += amount;
  return dropped_ + entries_.size() - 1;
}

void MinuteLog::Change(std::uint64_t number, double amount) {
  if (number < dropped_) return;
  const auto place = static_cast<std::size_t>(number - dropped_);
  Entry& entry = entries_[place];
  if (place < past_) {
    entry.sent = amount;
    return;
  }
  const double counted = entry.sent > 0 ? amount * entry.counted / entry.sent : amount;
  counted_ += counted - entry.counted;
  entry.sent = amount;
  entry.counted = counted;
}

Millis MinuteLog::Delay(double amount, double limit, SteadyTime now) {
  Drop(now);
  // Sums of floating point numbers drift; a millionth of the limit is no reason to wait.
  double excess = counted_ + std::min(amount, limit) - limit * (1 + 1e-6);
  SteadyTime free = now;
  for (std::size_t i = past_; i < entries_.size() && excess > 0; ++i) {
    excess -= entries_[i].counted;
    free = entries_[i].at + kCountedFor;
  }
  return std::max(Millis(0), std::chrono::ceil<Millis>(free - now));
}

void MinuteLog::Forgive(double amount, double limit, SteadyTime then) {
  double counted = 0;
  for (const Entry& entry : entries_) {
    if (entry.at + kCountedFor > then) counted += entry.counted;
  }
  const double room = std::max(0.0, limit - amount);
  if (counted <= room) return;
  counted_ = 0;
  for (Entry& entry : entries_) counted_ += (entry.counted *= room / counted);
}

void MinuteLog::CountAll() {
  counted_ = 0;
  for (std::size_t i = past_; i < entries_.size(); ++i) {
    counted_ += (entries_[i].counted = entries_[i].sent);
  }
}

MinuteLog::Sum MinuteLog::SentSince(SteadyTime since, SteadyTime until) const {
  Sum sum;
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && entry->at > since; ++entry) {
    if (entry->sent <= 0 || entry->at > until) continue;
    sum.amount += entry->sent;
    ++sum.requests;
  }
  return sum;
}

void MinuteLog::Drop(SteadyTime now) {
  while (past_ < entries_.size() && entries_[past_].at + kCountedFor <= now) {
    counted_ -= entries_[past_].counted;
    entries_[past_].counted = 0;
    ++past_;
  }
  if (past_ == entries_.size()) counted_ = 0;
  while (past_ > 0 && entries_.front().at + kRememberedFor <= now) {
    entries_.pop_front();
    ++dropped_;
    --past_;
  }
}

}  // namespace reembed
