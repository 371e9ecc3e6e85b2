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
  /// True when a run wrote without keeping backups: documents without one may hold its vectors.
  bool Incomplete() const;
};

/// `all`: the journal's runs, oldest first. Only runs of this very target on a cluster that shares
/// a node with `nodes` count. `asked` empty: the latest that is not rolled back; else the first run
/// of that id and all later ones. Pure.
RunsToUndo ChooseRuns(std::span<const RunRecord> all, const Target& target,
                      const std::vector<std::string>& nodes, std::string_view asked);

/// kUsage, naming the latest ids, when no run has the id `asked`; fine when it is empty. Pure.
Status CheckRunId(std::span<const RunRecord> all, std::string_view asked);

}  // namespace reembed
