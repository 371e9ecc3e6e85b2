#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/core/cutover.h"
#include "reembed/core/open_cutovers.h"

namespace reembed {

/// How a run stands.
enum class StatusOfRun : std::uint8_t { kOpen, kEnded, kRolledBack };
/// The words of the report: `open`, `ended`, `rolled_back`.
constexpr std::string_view ToString(StatusOfRun state) {
  if (state == StatusOfRun::kOpen) return "open";
  return state == StatusOfRun::kEnded ? "ended" : "rolled_back";
}

/// One run of a target.
struct StatusRun {
  std::string id;
  WallTime started;
  std::optional<WallTime> ended;
  StatusOfRun state = StatusOfRun::kOpen;
  std::string recipe;  ///< Label() of it
  bool with_backup = true;
  bool pruned = false;        ///< its backups were removed
  std::uint64_t backups = 0;  ///< documents
};

/// A target as the journal knows it. Nobody asked the store.
struct StatusTarget {
  std::string name;        ///< key of the configuration at its latest run
  std::string collection;  ///< real name
  std::int64_t created_at = 0;
  std::string field;
  /// Documents of the latest pass.
  std::uint64_t pending = 0, embedded = 0, written = 0, skipped = 0, failed = 0;
  std::uint64_t to_restore = 0;    ///< what a rollback that was cut off has still to give back
  std::vector<StatusRun> runs;     ///< latest first; never empty
  std::optional<Cutover> cutover;  ///< an open one that leads from or to it
  bool left_behind = false;        ///< a finished alias switch leads elsewhere
};

/// A rebuild, an alias switch or a way back that was begun and has not ended.
struct StatusCutover {
  Cutover cutover;
  std::string recovery_file = {};  ///< how to bring the field back by hand; empty: there is none
};

/// What `--prune` did.
struct StatusPruned {
  std::uint64_t runs = 0, backups = 0, vectors = 0;
  std::uint64_t vectors_needed = 0;  ///< kept: documents that are not yet written need them
};

/// The verb `status`.
struct StatusReport {
  std::string version;
  std::string journal;  ///< its path
  bool exists = true;   ///< false: nothing was migrated from this state directory yet
  std::uint64_t bytes_on_disk = 0;
  std::vector<StatusCutover> cutovers;          ///< that are open, oldest first
  std::vector<StatusTarget> targets;            ///< the one with the latest run first
  std::vector<LeftCollection> old_collections;  ///< that may still exist
  std::optional<StatusPruned> pruned;
};

/// What `--prune` would remove.
struct Prunable {
  std::uint64_t runs = 0, backups = 0;
};

/// The ended runs that still have something to give up. Pure.
Prunable PrunableOf(const StatusReport& report);

/// What a rerun of this target would do, as one sentence. Pure.
std::string RerunText(const StatusTarget& target);

}  // namespace reembed
