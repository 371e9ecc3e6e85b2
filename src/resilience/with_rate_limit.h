#pragma once

#include "src/resilience/estimator.h"
#include "src/resilience/rate_gate.h"

namespace reembed {

/// Sends every request through the gate, before the request's own timeout starts to run, and tells
/// the gate what came of it. Sits inside the retry, so each attempt pays.
/// Errors: as the provider's; kRateLimited means "call again, the gate knows how long to wait";
/// kWaitTooLong when waiting is hopeless; kInterrupted.
class WithRateLimit final : public Provider {
 public:
  /// All of them outlive this object.
  WithRateLimit(Provider& inner, RateGate& gate, const Estimator& estimator, const Clock& clock)
      : inner_(inner), gate_(gate), estimator_(estimator), clock_(clock) {}

  const ProviderProperties& properties() const override { return inner_.properties(); }
  Result<EmbedReply> Embed(const EmbedRequest& request, const StopTokens& stop) override;

 private:
  RequestCost CostOf(const EmbedRequest& request) const;
  Error AfterFailure(const RateGate::Ticket& ticket, Error error, Millis timeout);

  Provider& inner_;
  RateGate& gate_;
  const Estimator& estimator_;
  const Clock& clock_;
};

}  // namespace reembed
