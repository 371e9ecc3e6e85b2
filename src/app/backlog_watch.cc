#include "backlog_watch.h"

#include <fmt/format.h>

#include <utility>

#include "reembed/core/backlog.h"

namespace reembed {
namespace {

constexpr Seconds kAskEvery{1};
constexpr Seconds kAfterTrouble{60};

bool NeverTells(ErrorKind kind) {
  return kind == ErrorKind::kRefused || kind == ErrorKind::kNotFound;
}

}  // namespace

void BacklogWatch::Pause(const StopTokens& stop) {
  if (!told_ || stop.drain.stop_requested() || clock_.Now() - asked_ < rest_) return;
  const auto pending = reader_.PendingWrites(stop);
  asked_ = clock_.Now();
  rest_ = pending.ok() ? kAskEvery : kAfterTrouble;
  if (!pending.ok()) {
    told_ = !NeverTells(pending.error().kind);
    if (!told_) {
      log_.Info(
          fmt::format("how many writes wait at Typesense is not known, so they are not "
                      "slowed down for them: {}",
                      pending.error().message));
    }
    return;
  }
  const std::uint64_t previous = std::exchange(pending_, *pending);
  const Millis pause = BacklogPause(previous, pending_);
  if (pause == Millis{0}) return;
  const WaitNotice notice(
      activity_,
      fmt::format("waiting for Typesense: {} write batches are pending there", pending_));
  clock_.SleepFor(pause, stop.drain);
}

}  // namespace reembed
