#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/core/recipe.h"
#include "reembed/ports/journal.h"

namespace reembed {

/// Which runs of one target are to be undone.
struct RunsToUndo {
  enum class Verdict : std::uint8_t {
    kUndo,        ///< `runs` has them
    kNothing,     ///< there is none; `message` says why
    kImpossible,  ///< there are, and their backups are gone; `message` says why
  };
  Verdict verdict = Verdict::kNothing;
  std::vector<RunRecord> runs;  ///< oldest first
  std::string message;
  std::vector<std::string> notes;

  std::vector<std::int64_t> Numbers() const;
  /// Why a document that has no backup may hold a vector of these runs all the same; empty: none
  /// does, for they kept a backup of all that they wrote.
  std::string WhyWithoutBackup() const;
};

/// `all`: the journal's runs, oldest first. Only runs of this very target on a cluster that shares
/// a node with `nodes` count. `asked` empty: the latest that is not rolled back; else all from the
/// moment on when the first run of that id began, of whatever collection that run was: one that a
/// migration reached only when it was started again has another id there. Pure.
RunsToUndo ChooseRuns(std::span<const RunRecord> all, const Target& target,
                      const std::vector<std::string>& nodes, std::string_view asked);

/// The runs of this very target on the cluster, oldest first. Pure.
std::vector<RunRecord> OwnRuns(std::span<const RunRecord> all, const Target& target,
                               const std::vector<std::string>& nodes);

/// All of `own` from run `number` on, rolled back or not. Pure.
RunsToUndo ReachBackTo(std::vector<RunRecord> own, std::int64_t number);

/// Of the first run of that id; the greatest number when there is none. Pure.
std::int64_t FirstNumber(std::span<const RunRecord> all, std::string_view asked);

/// kUsage, naming the latest ids, when no run has the id `asked`; fine when it is empty. Pure.
Status CheckRunId(std::span<const RunRecord> all, std::string_view asked);

}  // namespace reembed
