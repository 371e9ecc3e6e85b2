#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/base/stop.h"
#include "reembed/core/batcher.h"
#include "reembed/core/config.h"
#include "reembed/core/quota.h"

namespace reembed {

/// Takes the vectors of each answer as soon as it has come, before anything else is asked. An
/// error of it ends the call.
using VectorSink = std::function<Status(std::span<const EmbeddedText>)>;

/// A text that has no vector.
struct TextFailure {
  std::size_t index = 0;  ///< within the batch
  Error error;            ///< kBadText, kTooLong or kTransient
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
/// Shape:   n texts in → each either handed to `sink` once, or among the failures returned.
/// Errors:  those that end the run: kRefused (key, credit, model, vector length), kWaitTooLong,
///          kOutage, kInterrupted, and those of the sink. What the sink took stays valid.
/// Threads: safe to call from several at once; they share pauses, limits and what was learned.
class Embedder {
 public:
  virtual ~Embedder() = default;
  virtual Result<std::vector<TextFailure>> Embed(const Batch& batch, const EmbedRules& rules,
                                                 const VectorSink& sink,
                                                 const StopTokens& stop) = 0;
  /// Tokens in a text as learned so far.
  virtual TokenEstimate Estimate() const = 0;
  /// How fast requests are let through now; without an answer of the provider what the user allows.
  virtual GrantedPace Pace() const { return {}; }
  /// Totals since the start; the difference of two snapshots belongs to what ran in between.
  virtual ProviderUsage Usage() const = 0;
};

}  // namespace reembed
