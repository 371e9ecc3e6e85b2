#pragma once

#include <atomic>

#include "reembed/ports/provider.h"
#include "src/resilience/circuit_gate.h"
#include "src/resilience/options.h"
#include "src/resilience/usage_meter.h"
#include "src/resilience/wrong_lengths.h"

namespace reembed {

/// How often a piece of work may fail and how often it has. Kept by its owner, because a piece may
/// be put aside while the circuit is open.
struct Tries {
  RetryPolicy policy;
  int failed = 0;
  int adapted = 0;
  bool postponed = false;  ///< the last error counts for nothing: try others, then this one again
};

/// The one place that asks a provider again. 429 and kAdapted are no attempts; transient failures
/// are, unless the circuit is open. The provider it wraps paces itself (WithRateLimit).
/// Errors: transient kinds after the last attempt ("gave up after …") or with `tries.postponed`
///         set; kRefused when the same wrong length comes three times running; kOutage;
///         kWaitTooLong; kInterrupted; everything a repetition cannot cure as it came.
/// Threads: safe to call from several at once, each with its own `tries`.
class WithRetry {
 public:
  /// All of them outlive this object.
  WithRetry(Provider& inner, const EmbedderOptions& options, CircuitGate& circuit,
            UsageMeter& meter, const Surroundings& surroundings)
      : inner_(inner),
        options_(options),
        circuit_(circuit),
        meter_(meter),
        surroundings_(surroundings) {}

  /// `request.timeout` is set here: longer until the first request of the run is answered.
  Result<EmbedReply> Embed(EmbedRequest request, Tries& tries, const StopTokens& stop);

 private:
  Status AfterFailure(const Error& error, bool counts, Tries& tries, const StopTokens& stop);
  Status BackOff(const Error& error, const Tries& tries, const StopTokens& stop);
  Error WrongModel(const Error& error) const;

  Provider& inner_;
  const EmbedderOptions& options_;
  CircuitGate& circuit_;
  UsageMeter& meter_;
  const Surroundings& surroundings_;
  WrongLengths wrong_lengths_;
  std::atomic<bool> answered_{false};
};

}  // namespace reembed
