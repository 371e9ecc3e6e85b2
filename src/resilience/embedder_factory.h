#pragma once

#include <memory>

#include "reembed/ports/activity.h"
#include "reembed/ports/embedder.h"
#include "reembed/ports/log.h"
#include "reembed/ports/provider.h"
#include "src/resilience/options.h"

namespace reembed {

/// Wraps a provider into what the pipeline uses: WithSplit(WithRetry(WithBudget(WithRateLimit(
/// WithChecks(WithMeter(provider)))))), with the circuit between the retries. Everything passed by
/// reference outlives the embedder; one embedder per provider and run, shared by all workers.
std::unique_ptr<Embedder> MakeEmbedder(Provider& provider, EmbedderOptions options, Clock& clock,
                                       Jitter jitter, Activity& activity, Log& log);

}  // namespace reembed
