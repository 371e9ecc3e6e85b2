#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/core/config.h"

namespace reembed {

/// How a collection's rollback ended.
enum class RollbackStatus : std::uint8_t {
  kRestored,     ///< every document that can have its old field back has it
  kPartial,      ///< documents were left alone, or failed
  kPlanned,      ///< dry run: counted, nothing changed
  kNothing,      ///< there is no run to undo
  kSkipped,      ///< by the configuration
  kError,        ///< `message` says what stopped it, or why it cannot be done
  kInterrupted,  ///< by the user: `rollback` again goes on
};

/// The words of the report: `restored`, `partial`, …
constexpr std::string_view ToString(RollbackStatus status) {
  switch (status) {
    case RollbackStatus::kRestored:
      return "restored";
    case RollbackStatus::kPartial:
      return "partial";
    case RollbackStatus::kPlanned:
      return "dry_run";
    case RollbackStatus::kNothing:
      return "nothing";
    case RollbackStatus::kSkipped:
      return "skipped";
    case RollbackStatus::kError:
      return "error";
    case RollbackStatus::kInterrupted:
      break;
  }
  return "interrupted";
}

/// Why a document does not hold its old field again.
enum class LeftKind : std::uint8_t {
  kNotOurs,
  kRemoved,
  kNoBackup,
  kRejected,
  kUnfit,       ///< it was written since and does not fit the old field: it loses its vector
  kNotCarried,  ///< what was written since was not carried over to the old collection
};
constexpr std::string_view ToString(LeftKind kind) {
  switch (kind) {
    case LeftKind::kNotOurs:
      return "not_ours";
    case LeftKind::kRemoved:
      return "removed";
    case LeftKind::kNoBackup:
      return "no_backup";
    case LeftKind::kUnfit:
      return "unfit";
    case LeftKind::kNotCarried:
      return "not_carried";
    case LeftKind::kRejected:
      break;
  }
  return "rejected";
}

/// A document that was left as it is.
struct UnrestoredDocument {
  std::string id;
  LeftKind kind = LeftKind::kNotOurs;
  std::string reason;  ///< for people
};

/// How many of them a report lists.
inline constexpr std::size_t kMaxLeftListed = 1000;

/// Documents by what the rollback came to. `restored`, `failed` and a part of `gone` are outcomes
/// of what `to_restore` counted before the first write.
struct RollbackCounts {
  std::uint64_t to_restore = 0;  ///< have a backup and hold a vector of ours
  std::uint64_t restored = 0;
  std::uint64_t emptied = 0;    ///< of `restored`: have no vector again
  std::uint64_t as_before = 0;  ///< hold already what the backup holds
  /// Have a backup and hold what is not ours; or have none and hold a vector of ours that a run may
  /// have written without one; or lose a vector that does not fit the old field; or differ in the
  /// collection that the alias led to.
  std::uint64_t left = 0;
  std::uint64_t failed = 0;  ///< the store refused the old field, or the backup is damaged
  /// Have a backup and are deleted. With several runs to undo: at least so many.
  std::uint64_t gone = 0;
  std::uint64_t without_backup = 0;  ///< were up to date when the run began, or came later
};

/// What was written since an alias was switched and is in the old collection now: documents.
struct CarriedCounts {
  std::uint64_t created = 0, replaced = 0, deleted = 0;
};

/// What a collection's rollback came to, or, in a dry run, would come to.
struct CollectionRollback {
  std::string name;        ///< key of the configuration
  std::string collection;  ///< real name on the server; the configured one until it is known
  /// The way back: kInPlace gives fields back under the live index; kRebuild drops the field, gives
  /// fields back and adds it with its old definition; kAlias switches back.
  StrategyChoice strategy = StrategyChoice::kInPlace;
  RollbackStatus status = RollbackStatus::kRestored;
  std::string message;             ///< empty when restored, partial or planned
  std::vector<std::string> runs;   ///< ids of the runs that are undone, oldest first
  std::vector<std::string> notes;  ///< what else to know
  RollbackCounts counts;
  std::vector<UnrestoredDocument> left;  ///< left alone or failed; at most kMaxLeftListed
  std::string definition;                ///< kRebuild: the field's that comes back, JSON
  /// kRebuild: for how long vector search was away, or, in a dry run, was when the collection was
  /// migrated. Absent: not known.
  std::optional<double> search_away_seconds;
  std::vector<std::string> aliases;  ///< kAlias: that lead back
  std::string back_to;               ///< kAlias: where to; empty: nothing is switched
  std::string copy;                  ///< kAlias: that was given up, or led to; it stays
  std::optional<CarriedCounts> carried;
  double seconds = 0;

  /// True when more than the journal changes.
  bool ChangesStore() const {
    return counts.to_restore > 0 || strategy == StrategyChoice::kRebuild || !back_to.empty();
  }
};

/// The verb `rollback` as a whole.
struct RollbackReport {
  std::string version;
  std::string run;  ///< what `--run` asked for; empty: the latest of each collection
  bool dry_run = false;
  WallTime started_at, finished_at;
  double seconds = 0;
  std::vector<CollectionRollback> collections;
  std::string message;  ///< why it ended early as a whole; empty otherwise
  int exit_code = 0;

  bool ChangesStore() const {
    return std::any_of(collections.begin(), collections.end(),
                       [](const CollectionRollback& one) { return one.ChangesStore(); });
  }
};

}  // namespace reembed
