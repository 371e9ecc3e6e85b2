#include "src/resilience/with_meter.h"

#include <cstdint>

namespace reembed {

Result<EmbedReply> WithMeter::Embed(const EmbedRequest& request, const StopTokens& stop) {
  meter_.CountRequest();
  Result<EmbedReply> reply = inner_.Embed(request, stop);
  if (reply.ok()) Account(request, *reply);
  return reply;
}

void WithMeter::Account(const EmbedRequest& request, const EmbedReply& reply) {
  const TokenEstimate estimate = estimator_.Snapshot();
  std::uint64_t bytes = 0;
  std::uint64_t estimated = 0;
  for (const std::string& text : request.texts) {
    bytes += text.size();
    estimated += estimate.TokensIn(text);
  }
  meter_.CountTokens(reply.tokens.value_or(estimated));
  estimator_.Learn(bytes, reply.tokens.value_or(0));
}

}  // namespace reembed
