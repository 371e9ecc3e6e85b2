#pragma once

#include <span>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/core/batcher.h"
#include "reembed/core/config.h"
#include "reembed/core/verify_report.h"
#include "reembed/ports/embedder.h"
#include "sample.h"

namespace reembed {

/// The different texts of the sample, in batches of `limits`.
std::vector<Batch> BatchesOf(const std::vector<SampledText>& documents, const BatchLimits& limits,
                             const TokenEstimate& estimate);

/// Embeds the batches, which is paid for, and compares every sampled document's stored vector with
/// the new one. `sample.population` must be set; the rest is filled in, also with what was
/// compared before an error.
/// Errors: those of Embedder.
Status Recompute(Embedder& embedder, const CollectionConfig& config,
                 const std::vector<SampledText>& documents, const std::vector<Batch>& batches,
                 RecomputeSample& sample, const StopTokens& stop);

/// The cosine of the angle between two vectors; 0 when one is all zero or their lengths differ.
double Cosine(std::span<const float> a, std::span<const float> b);

}  // namespace reembed
