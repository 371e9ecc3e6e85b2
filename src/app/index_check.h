#pragma once

#include <string>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/core/verify_report.h"
#include "reembed/ports/store.h"
#include "sample.h"

namespace reembed {

/// Looks for each sampled document in the vector index by its own vector: among the first 10 (or a
/// document with the same vector), else by a search that a filter makes exact. A document that was
/// written or deleted since it was sampled is not judged. `sample` is added to as it goes, so that
/// it holds what was found before an error.
/// Errors: those of StoreReader, and kInterrupted.
Status CheckIndex(StoreReader& reader, const std::string& collection, const std::string& field,
                  const std::vector<SampledVector>& documents, IndexSample& sample,
                  const StopTokens& stop);

}  // namespace reembed
