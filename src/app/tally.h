#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "reembed/base/mutex.h"
#include "reembed/core/failure_limit.h"
#include "reembed/core/report.h"
#include "reembed/ports/journal.h"
#include "reembed/ports/log.h"

namespace reembed {

/// An outcome that what was seen later has overtaken.
struct CorrectedOutcome {
  std::string id;
  DocumentState before = DocumentState::kFailed;
  DocumentState after = DocumentState::kWritten;
};

/// Failures of the whole run, for `--max-failures`. Thread-safe.
class RunTotals {
 public:
  explicit RunTotals(FailureLimit limit) : limit_(limit) {}

  /// Adds what has just ended; `failed` is negative where a failure was taken back.
  void Add(std::uint64_t finished, std::int64_t failed);

  /// Asks to stop, once, when the limit is reached: from within Add(), in its thread.
  std::stop_token limit_reached() const { return reached_.get_token(); }
  /// kLimit, saying how many have failed so far.
  Error LimitError() const;

 private:
  const FailureLimit limit_;
  std::stop_source reached_;
  mutable Mutex mutex_;
  std::uint64_t finished_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::uint64_t failed_ REEMBED_GUARDED_BY(mutex_) = 0;
};

/// Counts the documents of one collection by their last outcome and keeps the lists of the report.
/// Thread-safe; Record is called after the journal has the outcomes.
class Tally {
 public:
  Tally(RunTotals& totals, Log& log, std::string collection)
      : totals_(totals), log_(log), collection_(std::move(collection)) {}

  /// `before`: what each of them had as outcome since the program was started. That one is taken
  /// back, so that a document counts once, by its last outcome.
  void Record(std::span<const DocumentOutcome> outcomes,
              std::span<const std::optional<DocumentState>> before);
  /// The journal has these corrections already.
  void Correct(std::span<const CorrectedOutcome> outcomes);
  /// Documents that had the right vector when they were first looked at.
  void AddUpToDate(std::uint64_t documents);

  /// A strategy of several phases says which one is on and how much there is to do in it; without
  /// that, outcomes are what is done.
  void BeginPhase(std::string name, std::uint64_t total);
  void AddPhaseDone(std::uint64_t documents);
  struct Phase {
    std::string name;
    std::uint64_t done = 0, total = 0;
  };
  std::optional<Phase> phase() const;

  const RunTotals& run_totals() const { return totals_; }
  Counts counts() const;
  /// Counts, failures and truncated ids, into a report that has the rest.
  void FillIn(CollectionReport& report) const;

 private:
  void Count(const DocumentOutcome& outcome) REEMBED_REQUIRES(mutex_);
  void TakeBack(const std::string& id, DocumentState before) REEMBED_REQUIRES(mutex_);
  void LogFailure(const Failure& failure);

  RunTotals& totals_;
  Log& log_;
  const std::string collection_;
  mutable Mutex mutex_;
  Counts counts_ REEMBED_GUARDED_BY(mutex_);
  std::vector<Failure> failures_ REEMBED_GUARDED_BY(mutex_);
  std::uint64_t truncated_ REEMBED_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> truncated_ids_ REEMBED_GUARDED_BY(mutex_);
  std::optional<Phase> phase_ REEMBED_GUARDED_BY(mutex_);
  std::size_t told_ REEMBED_GUARDED_BY(mutex_) = 0;  // failures in the log
};

}  // namespace reembed
