#pragma once

#include <string>
#include <vector>

#include "reembed/ports/reporter.h"

namespace reembed::testing {

/// Values that the tests of this folder show: what a run of the shipped configuration comes to.

/// `context_stores`: 12 documents, all done. `instructions`: 5 documents of 8.
CollectionPlan ContextStoresPlan();
CollectionPlan InstructionsPlan();
CollectionReport ContextStoresDone();
CollectionReport InstructionsDone();
CollectionReport TableDescriptionsSkipped();

/// Of 500 documents one is refused, one has no text, one was truncated.
CollectionReport InstructionsPartial();
/// 120 of 500 documents done.
CollectionReport InstructionsInterrupted();
CollectionReport InstructionsMissing();

PlannedCollection InstructionsPlanned();
/// Another length: a rebuild, as an alias is missing; in place is not possible.
PlannedCollection RebuildPlanned();

RunHeader Header(bool dry_run);
/// With the given collections and code; google / gemini-embedding-001 / 768; two seconds.
RunReport Run(std::vector<CollectionReport> collections, int exit_code);
RunReport DryRun();

}  // namespace reembed::testing
