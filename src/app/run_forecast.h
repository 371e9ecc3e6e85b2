#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/base/mutex.h"
#include "reembed/core/batcher.h"
#include "reembed/core/cost.h"
#include "reembed/core/forecast.h"
#include "reembed/ports/embedder.h"
#include "reembed/ports/log.h"
#include "reembed/ports/reporter.h"

namespace reembed {

/// What a forecast in a run depends on. References outlive it.
struct ForecastParts {
  const Pricing& pricing;
  BatchLimits limits;
  bool counts_texts = false;          ///< the provider's request quota counts texts
  std::uint64_t max_text_tokens = 0;  ///< 0: no known limit
  std::size_t workers = 1;
  const Clock& clock;
  Log& log;
  Reporter& reporter;
  ProgressDisplay& display;
};

/// Stands before the embedder of a run and foretells what each collection costs and how long it
/// takes: at its beginning from the texts that the scan has counted, again once 2 % of them are
/// embedded and have taught how many tokens they make, and at any time for the progress display.
/// Threads: Begin, Counted and End from the one that runs the collection; all else from any.
class RunForecast final : public Embedder {
 public:
  RunForecast(Embedder& inner, const ForecastParts& parts) : inner_(inner), parts_(parts) {}

  /// A collection begins; `plan` is kept.
  void Begin(const CollectionPlan& plan);

  /// Its first scan has found `texts` (different, not paid for) in `documents` to be embedded;
  /// `written`: documents to be written, those among them. Reports the forecast when there is
  /// anything to pay for. Later scans of the collection change nothing.
  void Counted(std::uint64_t documents, const TextShape& texts, std::uint64_t written);

  std::uint64_t max_text_tokens() const { return parts_.max_text_tokens; }

  struct Ending {
    std::optional<Forecast> forecast;              ///< as reported at the beginning
    std::optional<std::uint64_t> tokens_foretold;  ///< after 2 % of the texts
  };
  Ending End();

  /// How long the provider still takes for the rest, by what it grants; absent while nothing is
  /// known of that, or nothing is left.
  std::optional<double> SecondsLeft() const;

  // Embedder
  Result<std::vector<TextFailure>> Embed(const Batch& batch, const EmbedRules& rules,
                                         const VectorSink& sink, const StopTokens& stop) override;
  TokenEstimate Estimate() const override { return inner_.Estimate(); }
  GrantedPace Pace() const override { return inner_.Pace(); }
  ProviderUsage Usage() const override { return inner_.Usage(); }

 private:
  EmbedPace PaceNow() const REEMBED_REQUIRES(mutex_);
  void Note(const Batch& batch, double seconds);
  std::optional<std::uint64_t> ForetellAgain() REEMBED_REQUIRES(mutex_);

  Embedder& inner_;
  const ForecastParts parts_;
  mutable Mutex mutex_;
  CollectionPlan plan_ REEMBED_GUARDED_BY(mutex_);
  ProviderUsage before_ REEMBED_GUARDED_BY(mutex_);  // of this collection
  bool counted_ REEMBED_GUARDED_BY(mutex_) = false;
  TextShape texts_ REEMBED_GUARDED_BY(mutex_);  // all of them
  TextShape done_ REEMBED_GUARDED_BY(mutex_);   // of them, until the second forecast
  std::optional<Forecast> forecast_ REEMBED_GUARDED_BY(mutex_);
  std::optional<std::uint64_t> foretold_ REEMBED_GUARDED_BY(mutex_);
  std::size_t in_flight_ REEMBED_GUARDED_BY(mutex_) = 0;
  double embed_seconds_ REEMBED_GUARDED_BY(mutex_) = 0;  // of all calls in this run
  std::uint64_t calls_ REEMBED_GUARDED_BY(mutex_) = 0;
};

}  // namespace reembed
