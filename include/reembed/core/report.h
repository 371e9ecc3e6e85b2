#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/core/cost.h"
#include "reembed/core/forecast.h"

namespace reembed {

/// Where a document failed.
enum class Stage : std::uint8_t { kFetch, kText, kEmbed, kUpdate, kCatchUp };
/// Why a document failed.
enum class FailureKind : std::uint8_t {
  kNoText,
  kTextType,
  kBadText,
  kTooLong,
  kTransient,
  kRejected,
  kChanging
};
enum class CollectionStatus : std::uint8_t {
  kCompleted,
  kPartial,
  kDryRun,
  kSkipped,
  kError,
  kInterrupted
};
/// The words of the report: `catch_up`, `bad_text`, `dry_run`, …
std::string_view ToString(Stage stage);
std::string_view ToString(FailureKind kind);
std::string_view ToString(CollectionStatus status);

/// A document that kept its old vector, and why.
struct Failure {
  std::string id;
  Stage stage = Stage::kEmbed;
  FailureKind kind = FailureKind::kTransient;
  std::string message;
};

/// How many failures and truncated ids a report lists.
inline constexpr std::size_t kMaxListed = 1000;

/// Documents by their last outcome; each id counts once. count() is what matched in any pass and
/// reached an outcome.
struct Counts {
  std::uint64_t success = 0, failed = 0, up_to_date = 0, deleted = 0, skipped = 0;
  std::uint64_t count() const { return success + failed + up_to_date + deleted + skipped; }
  Counts& operator+=(const Counts& other);
  friend bool operator==(const Counts&, const Counts&) = default;
};

/// How the message of a collection begins that was left because the whole run had ended.
inline constexpr std::string_view kNotStarted = "not started: ";

/// What a collection's migration came to. Under kDryRun `matched` is all that is known.
struct CollectionReport {
  std::string name;        ///< key of the configuration
  std::string run_id;      ///< for `rollback --run`; empty when no run was begun
  std::string collection;  ///< real name on the server; the configured one until it is known
  CollectionStatus status = CollectionStatus::kCompleted;
  std::string strategy;
  std::string message;  ///< kSkipped: the reason; kError and kInterrupted: what happened
  Counts counts;
  std::uint64_t matched = 0;  ///< documents that matched when the plan was made
  bool limited = false;       ///< `--limit` left documents out
  bool serves = true;         ///< false: what was written is in a clone that no alias leads to yet
  std::uint64_t outside_filter = 0;
  std::uint64_t truncated = 0;
  std::vector<std::string> truncated_ids;  ///< at most kMaxListed
  std::uint64_t embedded = 0;              ///< texts paid for in this run
  std::uint64_t provider_requests = 0, provider_retries = 0, tokens = 0;
  std::optional<double> cost_usd;  ///< of `tokens`; absent: no price is known
  /// Of a run: before the first text; of a dry run: of the plan. Absent: nobody got that far.
  std::optional<Forecast> forecast;
  /// Once 2 % of the texts had taught how many tokens they make; absent: not so many were embedded.
  std::optional<std::uint64_t> tokens_foretold;
  double seconds = 0;
  std::vector<Failure> failures;  ///< at most kMaxListed
  std::uint64_t failures_total = 0;
};

/// What the provider was paid for, and what had been foretold of it.
struct Spending {
  std::uint64_t tokens = 0;
  std::optional<double> usd;                     ///< absent: no price is known
  std::optional<std::uint64_t> tokens_foretold;  ///< absent where that of a collection is missing
                                                 ///< that has paid for any
};

/// The run as a whole: what `--output json` prints and `--report` stores.
struct RunReport {
  std::string version, run_id;
  bool dry_run = false;
  WallTime started_at, finished_at;
  double seconds = 0;
  std::string family, model, task_type;
  std::optional<int> dimensions;
  std::vector<CollectionReport> collections;
  std::string message;             ///< why the run as a whole ended early; empty otherwise
  std::optional<int> backup_days;  ///< how long old vectors are kept; absent: they are not
  Pricing pricing;
  int exit_code = 0;

  Counts Totals() const;
  Spending Spent() const;
  /// Of all collections that have a forecast; absent when none has.
  std::optional<Forecast> TotalForecast() const;
};

/// A snapshot for the progress display.
struct Progress {
  std::string collection;   ///< with the phase, of a strategy that has several
  std::uint64_t done = 0;   ///< documents with an outcome, or done in the phase
  std::uint64_t total = 0;  ///< documents that matched, or are to be done in the phase
  std::uint64_t failed = 0;
  double elapsed_seconds = 0;
  double documents_per_second = 0;  ///< over the last few seconds
  std::string waiting_for;          ///< empty while nothing is waited for
  /// By the tokens that are left and the provider's pace; absent: `documents_per_second` tells.
  std::optional<double> seconds_left = {};
};

}  // namespace reembed
