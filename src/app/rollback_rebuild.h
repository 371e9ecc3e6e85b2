#pragma once

#include "rollback_case.h"
#include "rollback_choice.h"

namespace reembed {

/// True when the field is away, or is not as it was before the rebuilds: giving vectors back is not
/// enough.
bool NeedsRebuildBack(const RollbackCase& work, const RebuildsToUndo& choice);

/// The way back from a rebuild: the field is dropped, or is away already; every document gets its
/// old vector back while nothing is indexed; what does not fit is removed and listed; the field is
/// added with its old definition, as `optional` where documents are without a vector. Journaled
/// step by step and cut off anywhere, the same call goes on. Vector search is away meanwhile; the
/// first signal is not heeded then. A dry run only counts.
/// Errors: those of JudgeFields, RestoreFields and FieldWindow; kRefused when documents that do not
///         fit keep coming.
Status RollBackRebuild(RollbackCase& work, const RebuildsToUndo& choice);

/// Rebuilds that are undone, or changed nothing that is left, are over.
Status EndRebuilds(RollbackCase& work, const RebuildsToUndo& choice);

}  // namespace reembed
