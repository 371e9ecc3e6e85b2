#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "reembed/core/config.h"
#include "reembed/ports/provider.h"

namespace reembed {

/// Lets no unusable answer through: as many vectors as texts, every one of the expected length,
/// finite and not all zero. Then normalises them when `rule` says so (`auto`: when the provider
/// declares that they come un-normalised).
/// Where the expected length is not known in advance, the first answer of the run sets it.
/// Errors: as the provider's, and kTransient or kWrongLength for an unusable answer.
class WithChecks final : public Provider {
 public:
  /// `inner` outlives this object.
  WithChecks(Provider& inner, NormalizeRule rule);

  const ProviderProperties& properties() const override { return inner_.properties(); }
  Result<EmbedReply> Embed(const EmbedRequest& request, const StopTokens& stop) override;

 private:
  Status Check(std::size_t texts, const std::vector<Embedding>& vectors);
  Status Adopt(std::size_t length);

  Provider& inner_;
  const bool normalizes_;
  std::atomic<std::size_t> length_;  // 0 until known
};

}  // namespace reembed
