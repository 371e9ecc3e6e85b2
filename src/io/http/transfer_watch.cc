#include "src/io/http/transfer_watch.h"

#include <algorithm>
#include <chrono>

namespace reembed {
namespace {

constexpr Millis kLongest{10'000};

bool IsDue(Millis limit, SteadyTime since, SteadyTime now) {
  return limit > Millis::zero() && now - since >= limit;
}

Millis Until(Millis limit, SteadyTime since, SteadyTime now) {
  if (limit <= Millis::zero()) return kLongest;
  // Rounded down it would be zero for the last millisecond, and the caller would spin.
  return std::max(Millis::zero(), std::chrono::ceil<Millis>(since + limit - now));
}

}  // namespace

TransferWatch::TransferWatch(const HttpTimeouts& timeouts, Millis silence_every)
    : timeouts_(timeouts), silence_every_(silence_every) {}

WatchVerdict TransferWatch::Observe(const TransferProgress& progress, SteadyTime now) {
  Note(progress, now);
  if (!last_.connected) return WatchVerdict::kGoOn;
  // Limits come before questions: no point in asking about a request that is over.
  if (IsDue(timeouts_.total, started_, now)) return WatchVerdict::kTooLong;
  if (IsDue(timeouts_.idle, moved_, now)) return WatchVerdict::kIdle;
  if (!IsDue(silence_every_, SilentSince(), now)) return WatchVerdict::kGoOn;
  asked_ = now;
  return WatchVerdict::kSilent;
}

void TransferWatch::Note(const TransferProgress& progress, SteadyTime now) {
  if (!progress.connected) return;
  // The first sight of the connection starts all clocks.
  if (!last_.connected) started_ = sent_ = moved_ = now;
  if (progress.sent != last_.sent) sent_ = moved_ = now;
  if (progress.received != last_.received) moved_ = now;
  last_ = progress;
}

SteadyTime TransferWatch::SilentSince() const {
  return std::max(moved_, asked_);
}

Millis TransferWatch::NextCheck(SteadyTime now) const {
  if (!last_.connected) return kLongest;
  return std::min({kLongest, Until(timeouts_.total, started_, now),
                   Until(timeouts_.idle, moved_, now), Until(silence_every_, SilentSince(), now)});
}

Millis TransferWatch::SinceSent(SteadyTime now) const {
  return std::chrono::duration_cast<Millis>(now - sent_);
}

}  // namespace reembed
