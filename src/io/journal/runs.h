#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/ports/journal.h"
#include "sqlite.h"

namespace reembed {

// The tables `targets`, `recipes` and `runs`, within a transaction.

/// What a run of this session has to know of its rows.
struct OpenedRun {
  RunIdentity identity;
  std::int64_t target = 0, recipe = 0;
  std::int64_t pass = 0;  ///< the last one begun
};

/// Ids of rows; 0 when there is none.
std::int64_t FindTarget(Database& database, const Target& target);
std::int64_t FindOrAddTarget(Database& database, const Target& target);
/// The recipe of this fingerprint that a run without `force` takes: that of the target's latest run
/// with it on the cluster of `nodes`, else on any, else the newest.
std::int64_t FindRecipe(Database& database, std::int64_t target, const std::string& fingerprint,
                        const std::vector<std::string>& nodes);

/// Continues or begins a run. `session_run`: the id of runs that begin in this session.
OpenedRun OpenRunRow(Database& database, const RunSpec& spec, std::int64_t session,
                     const std::string& session_run);
/// Not before its beginning, whatever the clock says.
void EndRunRow(Database& database, std::int64_t number, WallTime now);
/// From now on the run has documents whose field was not kept.
void NoteWithoutBackup(Database& database, std::int64_t number);
/// Oldest first.
std::vector<RunRecord> ReadRuns(Database& database);
TargetCounts CountDocuments(Database& database, std::int64_t target);

/// `20261121T061400Z-7`
std::string RunId(WallTime now, std::int64_t session);

}  // namespace reembed
