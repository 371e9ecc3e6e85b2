#include "src/resilience/with_rate_limit.h"

#include <utility>

namespace reembed {
namespace {

/// A quota that names its reset is worth waiting for when the user allows that long, which only the
/// gate can tell.
bool CanBeSatOut(const Error& error) {
  return error.kind == ErrorKind::kRateLimited ||
         (error.kind == ErrorKind::kWaitTooLong && error.retry_after.has_value());
}

TextShape ShapeOfAll(std::span<const std::string> texts) {
  TextShape shape;
  for (const std::string& text : texts) shape += ShapeOf(text);
  return shape;
}

}  // namespace

Result<EmbedReply> WithRateLimit::Embed(const EmbedRequest& request, const StopTokens& stop) {
  const Result<RateGate::Ticket> ticket = gate_.Enter(CostOf(request), stop);
  if (!ticket.ok()) return ticket.error();
  Result<EmbedReply> reply = inner_.Embed(request, stop);
  if (!reply.ok()) return AfterFailure(*ticket, std::move(reply).error(), request.timeout);
  gate_.Succeeded(*ticket, reply->tokens, reply->quota);
  return reply;
}

Error WithRateLimit::AfterFailure(const RateGate::Ticket& ticket, Error error, Millis timeout) {
  if (!CanBeSatOut(error)) {
    const bool timed_out =
        error.kind == ErrorKind::kTransient && clock_.Now() - ticket.sent >= timeout;
    gate_.Failed(ticket, error.kind, error.overloaded || timed_out);
    return error;
  }
  const Status status = gate_.Limited(ticket, error);
  if (!status.ok()) return status.error();
  error.kind = ErrorKind::kRateLimited;
  return error;
}

RequestCost WithRateLimit::CostOf(const EmbedRequest& request) const {
  const bool taken = request.shape.texts != 0;
  const TextShape shape = taken ? request.shape : ShapeOfAll(request.texts);
  const std::size_t requests = properties().counts_texts ? request.texts.size() : 1;
  return {.requests = static_cast<double>(requests),
          .tokens = static_cast<double>(estimator_.Snapshot().TokensIn(shape))};
}

}  // namespace reembed
