#include "progress_board.h"

#include <algorithm>

namespace reembed {
namespace {

constexpr Millis kTick{200};
constexpr Seconds kRateWindow{5};

}  // namespace

int ActivityBoard::BeginWait(std::string what) {
  MutexLock lock(mutex_);
  waits_.emplace(next_, std::move(what));
  return next_++;
}

void ActivityBoard::EndWait(int ticket) {
  MutexLock lock(mutex_);
  waits_.erase(ticket);
}

std::string ActivityBoard::Current() const {
  MutexLock lock(mutex_);
  return waits_.empty() ? std::string() : waits_.rbegin()->second;
}

double RateMeter::Update(SteadyTime now, std::uint64_t done) {
  // Another phase counts from its own beginning.
  if (!samples_.empty() && done < samples_.back().second) samples_.clear();
  samples_.emplace_back(now, done);
  // The sample at the window's edge stays, or a slow run would show no rate at all.
  while (samples_.size() > 2 && now - samples_[1].first >= kRateWindow) samples_.pop_front();
  const double seconds = SecondsBetween(samples_.front().first, now);
  if (seconds <= 0) return 0;
  return static_cast<double>(done - samples_.front().second) / seconds;
}

std::optional<double> RestMeter::Update(SteadyTime now, std::uint64_t done, std::uint64_t total,
                                        std::optional<double> provider_left) {
  // Another phase counts from its own beginning.
  if (!since_ || done < latest_ || done == 0) {
    since_ = now;
    first_ = done;
  }
  latest_ = done;
  if (!provider_left || done >= total) return std::nullopt;
  const double seconds = SecondsBetween(*since_, now);
  if (done == first_ || seconds <= 0) return provider_left;
  const double pace = static_cast<double>(done - first_) / seconds;
  return std::max(*provider_left, static_cast<double>(total - done) / pace);
}

ProgressTicker::ProgressTicker(std::string collection, std::uint64_t total, const Tally& tally,
                               const ActivityBoard& activity, Clock& clock,
                               ProgressDisplay& display, const RunForecast* forecast)
    : collection_(std::move(collection)),
      total_(total),
      tally_(tally),
      activity_(activity),
      clock_(clock),
      display_(display),
      forecast_(forecast),
      started_(clock.Now()) {
  if (!display.Wanted()) return;
  thread_ = std::jthread([this](const std::stop_token& stop) { Tick(stop); });
}

void ProgressTicker::Tick(const std::stop_token& stop) {
  try {
    do display_.Show(Snapshot());
    while (clock_.SleepFor(kTick, stop));
  } catch (...) {  // no exception may leave a thread
    thrown_ = std::current_exception();
  }
}

void ProgressTicker::Finish() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  if (thrown_) std::rethrow_exception(thrown_);
  display_.Show(Snapshot());
  display_.Clear();
}

Progress ProgressTicker::Snapshot() {
  const SteadyTime now = clock_.Now();
  const Counts counts = tally_.counts();
  const auto phase = tally_.phase();
  Progress progress;
  progress.collection = phase ? collection_ + ", " + phase->name : collection_;
  progress.done = phase ? phase->done : counts.count();
  progress.total = phase ? phase->total : total_;
  progress.failed = counts.failed;
  progress.elapsed_seconds = SecondsBetween(started_, now);
  progress.documents_per_second = rate_.Update(now, progress.done);
  progress.waiting_for = activity_.Current();
  const auto provider_left = forecast_ == nullptr ? std::nullopt : forecast_->SecondsLeft();
  progress.seconds_left = rest_.Update(now, progress.done, progress.total, provider_left);
  return progress;
}

}  // namespace reembed
