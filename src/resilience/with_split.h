#pragma once

#include <atomic>

#include "reembed/ports/embedder.h"
#include "src/resilience/estimator.h"
#include "src/resilience/learned_limits.h"
#include "src/resilience/with_retry.h"

namespace reembed {

/// What all calls of one run share. Thread-safe; the references outlive it.
struct SplitContext {
  WithRetry& sender;
  const ProviderProperties& properties;
  const EmbedderOptions& options;
  const Estimator& estimator;
  UsageMeter& meter;
  const Surroundings& surroundings;
  LearnedLimits limits{properties};
  std::atomic<bool> answered_any{false};    ///< a text, or a part of one, has got a vector
  std::atomic<bool> dealt_with_any{false};  ///< a text was answered, or refused for what it is
  std::atomic<int> refused_alone{0};        ///< texts refused on their own before any was answered
};

/// Outermost wrapper: makes requests out of batches, and smaller ones out of those that fail, until
/// every text has its outcome. The work of one call is a SplitJob.
class WithSplit final : public Embedder {
 public:
  WithSplit(WithRetry& sender, const ProviderProperties& properties, const EmbedderOptions& options,
            const Estimator& estimator, UsageMeter& meter, const Surroundings& surroundings)
      : context_{sender, properties, options, estimator, meter, surroundings} {}

  Result<std::vector<TextFailure>> Embed(const Batch& batch, const EmbedRules& rules,
                                         const VectorSink& sink, const StopTokens& stop) override;
  TokenEstimate Estimate() const override { return context_.estimator.Snapshot(); }
  ProviderUsage Usage() const override { return context_.meter.Snapshot(); }

 private:
  SplitContext context_;
};

}  // namespace reembed
