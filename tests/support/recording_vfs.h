#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/disk_image.h"

namespace reembed::testing {

/// Which syncs a disk that lies does not carry out.
enum class LostSyncs : std::uint8_t { kNone, kOfTheLog, kOfTheDatabase, kAll };

/// A VFS of SQLite over the system's, registered under a name of its own while this object lives.
/// It notes every change of the files of databases and of their logs, by their names without folder
/// (one folder at a time, and not the index of a log, which SQLite makes anew after a crash).
/// Nothing is really synced: it is also the quick VFS for tests that need no durability.
/// Threads: as SQLite's; position() and operations() when no call is under way.
class RecordingVfs {
 public:
  /// `records` false: notes nothing.
  explicit RecordingVfs(LostSyncs lost = LostSyncs::kNone, bool records = true);
  ~RecordingVfs();
  RecordingVfs(const RecordingVfs&) = delete;
  RecordingVfs& operator=(const RecordingVfs&) = delete;

  const std::string& name() const;
  /// How many changes there were so far: what had been asked for when a call returned.
  std::size_t position() const { return operations().size(); }
  const std::vector<DiskOperation>& operations() const;

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

/// Moves the log of the database `path` into it by a connection of its own. `how`: `RESTART` or
/// `TRUNCATE`. Throws when that fails.
void Checkpoint(const std::string& path, const RecordingVfs& vfs, const std::string& how);

/// What `PRAGMA integrity_check` says of the database `path`; `ok` when it is whole.
std::string IntegrityOf(const std::string& path);

}  // namespace reembed::testing
