#include "src/resilience/with_rate_limit.h"

#include <cstdint>
#include <utility>

namespace reembed {
namespace {

/// A quota that names its reset is worth waiting for when the user allows that long, which only the
/// gate can tell.
bool CanBeSatOut(const Error& error) {
  return error.kind == ErrorKind::kRateLimited ||
         (error.kind == ErrorKind::kWaitTooLong && error.retry_after.has_value());
}

}  // namespace

Result<EmbedReply> WithRateLimit::Embed(const EmbedRequest& request, const StopTokens& stop) {
  const RequestCost cost = CostOf(request);
  const Result<std::uint64_t> entered = gate_.Enter(cost, stop);
  if (!entered.ok()) return entered.error();
  Result<EmbedReply> reply = inner_.Embed(request, stop);
  if (reply.ok()) {
    gate_.Succeeded(cost, reply->tokens);
    return reply;
  }
  if (!CanBeSatOut(reply.error())) return reply;
  const Status status = gate_.Limited(*entered, reply.error());
  if (!status.ok()) return status.error();
  Error limited = std::move(reply).error();
  limited.kind = ErrorKind::kRateLimited;
  return limited;
}

RequestCost WithRateLimit::CostOf(const EmbedRequest& request) const {
  const TokenEstimate estimate = estimator_.Snapshot();
  std::uint64_t tokens = 0;
  for (const std::string& text : request.texts) tokens += estimate.TokensIn(text);
  const std::size_t requests = properties().counts_texts ? request.texts.size() : 1;
  return {.requests = static_cast<double>(requests), .tokens = static_cast<double>(tokens)};
}

}  // namespace reembed
