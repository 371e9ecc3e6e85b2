#pragma once

#include "reembed/ports/provider.h"
#include "src/resilience/estimator.h"
#include "src/resilience/usage_meter.h"

namespace reembed {

/// Innermost wrapper: counts every request that really goes out and every token that is billed,
/// also for answers which the checks throw away, and teaches the estimator.
/// Tokens are estimated where the provider does not say.
class WithMeter final : public Provider {
 public:
  /// All three outlive this object.
  WithMeter(Provider& inner, UsageMeter& meter, Estimator& estimator)
      : inner_(inner), meter_(meter), estimator_(estimator) {}

  const ProviderProperties& properties() const override { return inner_.properties(); }
  Result<EmbedReply> Embed(const EmbedRequest& request, const StopTokens& stop) override;

 private:
  void Account(const EmbedRequest& request, const EmbedReply& reply);

  Provider& inner_;
  UsageMeter& meter_;
  Estimator& estimator_;
};

}  // namespace reembed
