#include "src/resilience/embedder_factory.h"

#include <utility>

#include "src/resilience/with_budget.h"
#include "src/resilience/with_checks.h"
#include "src/resilience/with_meter.h"
#include "src/resilience/with_rate_limit.h"
#include "src/resilience/with_split.h"

namespace reembed {
namespace {

/// Owns the wrappers, innermost first, and what they share.
class WrappedProvider final : public Embedder {
 public:
  WrappedProvider(Provider& provider, EmbedderOptions options, Surroundings surroundings)
      : options_(std::move(options)),
        surroundings_(std::move(surroundings)),
        gate_({.requests_per_minute = options_.requests_per_minute,
               .tokens_per_minute = options_.tokens_per_minute,
               .max_wait = options_.max_wait,
               .concurrency = options_.concurrency,
               .counts_texts = provider.properties().counts_texts},
              surroundings_),
        circuit_({.patience = options_.outage_patience}, surroundings_),
        metered_(provider, meter_, estimator_),
        checked_(metered_, options_.normalize),
        limited_(checked_, gate_, estimator_, surroundings_.clock),
        budgeted_(limited_, options_.budget.value_or(Budget{}), estimator_),
        retrying_(options_.budget ? static_cast<Provider&>(budgeted_) : limited_, options_,
                  circuit_, meter_, surroundings_),
        splitting_(retrying_, provider.properties(), options_, estimator_, meter_, surroundings_) {}

  Result<std::vector<TextFailure>> Embed(const Batch& batch, const EmbedRules& rules,
                                         const VectorSink& sink, const StopTokens& stop) override {
    return splitting_.Embed(batch, rules, sink, stop);
  }
  TokenEstimate Estimate() const override { return splitting_.Estimate(); }
  GrantedPace Pace() const override { return gate_.Pace(); }
  ProviderUsage Usage() const override { return splitting_.Usage(); }

 private:
  const EmbedderOptions options_;
  const Surroundings surroundings_;
  UsageMeter meter_;
  Estimator estimator_;
  RateGate gate_;
  CircuitGate circuit_;
  WithMeter metered_;
  WithChecks checked_;
  WithRateLimit limited_;
  WithBudget budgeted_;  // asked only when there is a budget
  WithRetry retrying_;
  WithSplit splitting_;
};

}  // namespace

std::unique_ptr<Embedder> MakeEmbedder(Provider& provider, EmbedderOptions options, Clock& clock,
                                       Jitter jitter, Activity& activity, Log& log) {
  Surroundings surroundings{.clock = clock,
                            .jitter = std::move(jitter),
                            .activity = activity,
                            .log = log,
                            .label = LabelOf(provider.properties())};
  return std::make_unique<WrappedProvider>(provider, std::move(options), std::move(surroundings));
}

}  // namespace reembed
