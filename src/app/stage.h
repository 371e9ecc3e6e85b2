#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <utility>

#include "reembed/base/mutex.h"
#include "reembed/base/stop.h"
#include "reembed/ports/journal.h"
#include "tally.h"

namespace reembed {

/// The order of effects at the end of a document's way: the journal first, then the report.
inline Status RecordOutcomes(Journal& journal, Tally& tally,
                             std::span<const DocumentOutcome> outcomes) {
  if (outcomes.empty()) return {};
  if (auto saved = journal.SaveOutcomes(outcomes); !saved.ok()) return saved;
  return tally.Record(outcomes);
}

/// Stops the stages of one collection together: when the user asks, or when one of them fails.
/// Thread-safe.
class StageStop {
 public:
  explicit StageStop(const StopTokens& user)
      : abort_(user.abort), on_user_(user.drain, [this] { drain_.request_stop(); }) {}

  StopTokens tokens() const { return {drain_.get_token(), abort_}; }

  /// Keeps the first error that is not the echo of a stop, and asks the other stages to end.
  /// True when this error is the one that is kept.
  bool Fail(const Error& error) {
    const bool echo = error.kind == ErrorKind::kInterrupted && drain_.stop_requested();
    bool kept = false;
    {
      MutexLock lock(mutex_);
      kept = !echo && !first_;
      if (kept) first_ = error;
    }
    drain_.request_stop();
    return kept;
  }

  std::optional<Error> first_error() const {
    MutexLock lock(mutex_);
    return first_;
  }

 private:
  std::stop_source drain_;
  const std::stop_token abort_;
  mutable Mutex mutex_;
  std::optional<Error> first_ REEMBED_GUARDED_BY(mutex_);
  std::stop_callback<std::function<void()>> on_user_;
};

}  // namespace reembed
