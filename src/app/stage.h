#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <utility>

#include "reembed/base/mutex.h"
#include "reembed/base/stop.h"
#include "reembed/ports/journal.h"
#include "strategy.h"
#include "tally.h"

namespace reembed {

/// The order of effects at the end of a document's way: the journal first, then the report.
inline Status RecordOutcomes(Journal& journal, Tally& tally,
                             std::span<const DocumentOutcome> outcomes) {
  if (outcomes.empty()) return {};
  const auto before = journal.SaveOutcomes(outcomes);
  if (!before.ok()) return before.error();
  tally.Record(outcomes, *before);
  return {};
}

/// The store being away, or the disk full, concerns every collection; a refusal only this one.
inline bool EndsRun(ErrorKind kind) {
  return kind != ErrorKind::kRefused && kind != ErrorKind::kNotFound;
}

/// A collection that ended before its time.
inline CollectionEnd EndedBy(const Error& error) {
  return {.error = error, .ends_run = EndsRun(error.kind), .complete = false};
}

/// Stops the stages of one collection together: when the user asks, or when one of them fails.
/// The user's `abort` is handed through; a failure only drains, so that what is paid for is still
/// written. Thread-safe.
class StageStop {
 public:
  explicit StageStop(const StopTokens& user)
      : abort_(user.abort), on_user_(user.drain, [this] { drain_.request_stop(); }) {}

  StopTokens tokens() const { return {drain_.get_token(), abort_}; }

  /// Keeps the first error that is not the echo of a stop, and asks the other stages to end.
  /// `ends_run`: the error concerns every collection.
  void Fail(const Error& error, bool ends_run);

  /// A stage threw, which is a bug: the other stages end, and Rethrow() throws it again in the
  /// thread that has joined them.
  void Throw(std::exception_ptr thrown);
  void Rethrow() const;

  std::optional<Error> first_error() const;
  bool ends_run() const;

 private:
  std::stop_source drain_;
  const std::stop_token abort_;
  mutable Mutex mutex_;
  std::optional<Error> first_ REEMBED_GUARDED_BY(mutex_);
  bool ends_run_ REEMBED_GUARDED_BY(mutex_) = false;
  std::exception_ptr thrown_ REEMBED_GUARDED_BY(mutex_);
  std::stop_callback<std::function<void()>> on_user_;
};

}  // namespace reembed
