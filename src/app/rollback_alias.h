#pragma once

#include <optional>
#include <vector>

#include "rollback_case.h"

namespace reembed {

/// An alias switch that is to be undone.
struct AliasToUndo {
  std::optional<Cutover> made;  ///< the switch; absent only when the journal has lost it
  std::optional<Cutover> back;  ///< a way back that was cut off: it is gone on with
  bool switched = true;         ///< false: the copy never served, there is nothing to lead back
  std::vector<RunRecord> runs;  ///< of the copy, not rolled back, oldest first
};

/// The switch that made the collection what the configured name leads to, if the runs to be undone
/// reach back to the one that did it; or one that was begun and not ended. Nothing: the way back is
/// another. Errors: those of StoreReader.
Result<std::optional<AliasToUndo>> FindAliasToUndo(const RollbackCase& work);

/// The way back from an alias switch: the aliases lead to the old collection again, which keeps its
/// vectors; what was written to the copy since is carried over by the rules of the switch, and
/// listed where it cannot be. The copy stays until `retire`. A switch that did not happen is given
/// up. Journaled step by step; cut off anywhere, the same call goes on. From the first alias on the
/// first signal is not heeded. A dry run changes nothing.
/// Errors: kRefused when the old collection was retired; those of StoreReader, SchemaEditor and
///         CarryBack.
Status RollBackAlias(RollbackCase& work, const AliasToUndo& undo);

}  // namespace reembed
