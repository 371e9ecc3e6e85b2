#pragma once

#include <string>

#include "reembed/core/rollback_report.h"
#include "text_lines.h"

namespace reembed {

// What a rollback says of the ways back that change more than vectors. Pure.

/// The alias and the field's definition that come back, and how long vector search is away; each
/// a sentence. Empty for a way back that changes vectors only.
Lines WaySentences(const CollectionRollback& result, bool dry_run);

/// What an alias that leads back, or a copy that is given up, came to: for the summary.
std::string AliasOutcome(const CollectionRollback& result);

/// The question before a rollback; empty when the store is not changed. Not cleaned.
std::string QuestionText(const RollbackReport& plan);

}  // namespace reembed
