#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/core/batcher.h"
#include "reembed/core/config.h"

namespace reembed {

/// What became of one text.
struct TextOutcome {
  Result<SharedEmbedding> vector;  ///< error: kBadText, kTooLong or kTransient; only this text
  bool truncated = false;
};

/// How the texts of a collection are embedded, beyond the texts themselves.
struct EmbedRules {
  std::string task_type;
  LongTextRule on_long_text = LongTextRule::kTruncate;
};

/// What was asked of the provider so far.
struct ProviderUsage {
  std::uint64_t requests = 0;  ///< sent, retries included
  std::uint64_t retries = 0;
  std::uint64_t tokens = 0;  ///< billed, or estimated where the provider does not say
  std::uint64_t texts = 0;   ///< answered
};

/// Embeds a batch whatever it takes: paces, retries, splits down to the one bad text, truncates.
/// Shape:   n texts in → n outcomes out, same order.
/// Errors:  those that end the run: kRefused (key, credit, model, vector length), kWaitTooLong,
///          kOutage, kInterrupted. Then no outcome of the batch counts.
/// Threads: safe to call from several at once; they share pauses, limits and what was learned.
class Embedder {
 public:
  virtual ~Embedder() = default;
  virtual Result<std::vector<TextOutcome>> Embed(const Batch& batch, const EmbedRules& rules,
                                                 const StopTokens& stop) = 0;
  /// Bytes per token as learned so far.
  virtual TokenEstimate Estimate() const = 0;
  /// Totals since the start; the difference of two snapshots belongs to what ran in between.
  virtual ProviderUsage Usage() const = 0;
};

}  // namespace reembed
