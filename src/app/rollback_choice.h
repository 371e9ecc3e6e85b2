#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/core/cutover.h"
#include "reembed/ports/journal.h"
#include "rollback_runs.h"

namespace reembed {

/// True when two definitions mean the same. With `but_optional` that one may have become optional.
bool SameDefinition(std::string_view a, std::string_view b, bool but_optional = false);

/// What the runs that are to be undone did to the field's definition.
struct RebuildsToUndo {
  RunsToUndo runs;                ///< with those that the rebuilds began in
  std::vector<Cutover> rebuilds;  ///< oldest first; they are undone with the runs
  std::optional<Cutover> back;    ///< a way back that was cut off: it is gone on with
  std::string definition;         ///< that the field is to have again; empty: no rebuild is undone
  std::string refusal;            ///< not empty: why it cannot be done now
};

/// Adds to the runs that were chosen what belongs to them: the rebuilds that they did of this very
/// collection and field, and the runs that these began in. A way back that was cut off reaches back
/// as far as it did, whatever was chosen now. Pure.
RebuildsToUndo ChooseRebuilds(std::span<const Cutover> cutovers, std::span<const RunRecord> runs,
                              const Target& target, const std::vector<std::string>& nodes,
                              RunsToUndo chosen);

}  // namespace reembed
