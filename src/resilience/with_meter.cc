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
  TextShape shape = request.shape;
  if (shape.texts == 0) {
    for (const std::string& text : request.texts) shape += ShapeOf(text);
  }
  meter_.CountTokens(reply.tokens.value_or(estimator_.Snapshot().TokensIn(shape)));
  estimator_.Learn(shape, reply.tokens.value_or(0));
}

}  // namespace reembed
