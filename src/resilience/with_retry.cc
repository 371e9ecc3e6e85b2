#include "src/resilience/with_retry.h"

#include <fmt/format.h>

#include <utility>

namespace reembed {
namespace {

constexpr int kWrongLengthsToRefuse = 3;
// More than any server can lack; a provider that never has enough must not loop for ever.
constexpr int kMostAdaptations = 16;

Error GaveUp(Error error, int attempts) {
  error.message = fmt::format("gave up after {} attempts: {}", attempts, error.message);
  return error;
}

}  // namespace

Result<EmbedReply> WithRetry::Embed(EmbedRequest request, Tries& tries, const StopTokens& stop) {
  tries.postponed = false;
  for (bool again = false;; again = true) {
    const Result<CircuitGate::Pass> pass = circuit_.Enter(stop);
    if (!pass.ok()) return pass.error();
    if (again) meter_.CountRetry();
    request.timeout = answered_ ? options_.request_timeout : options_.first_request_timeout;
    Result<EmbedReply> reply = inner_.Embed(request, stop);
    const bool counts = circuit_.Leave(*pass, reply.ok() ? nullptr : &reply.error());
    if (reply.ok()) {
      answered_ = true;
      wrong_lengths_.Right();
      return reply;
    }
    const Status status = AfterFailure(reply.error(), counts, tries, stop);
    if (!status.ok()) return status.error();
  }
}

Status WithRetry::AfterFailure(const Error& error, bool counts, Tries& tries,
                               const StopTokens& stop) {
  if (error.kind == ErrorKind::kRateLimited) return {};
  if (error.kind == ErrorKind::kAdapted && ++tries.adapted < kMostAdaptations) return {};
  if (!IsTransient(error.kind)) return error;
  if (error.kind == ErrorKind::kWrongLength &&
      wrong_lengths_.Wrong(error.actual.value_or(0)) >= kWrongLengthsToRefuse) {
    return WrongModel(error);
  }
  if (!counts) {
    tries.postponed = true;
    return error;
  }
  ++tries.failed;
  if (!tries.policy.ShouldRetry(error, tries.failed)) return GaveUp(error, tries.failed);
  // An open circuit waits on its own, and longer.
  return circuit_.open() ? Status{} : BackOff(error, tries, stop);
}

Status WithRetry::BackOff(const Error& error, const Tries& tries, const StopTokens& stop) {
  const Millis stated = error.retry_after.value_or(Millis(0));
  if (stated > options_.max_wait)
    return WaitTooLong(surroundings_, error, stated, options_.max_wait);
  const Millis delay = tries.policy.DelayAfter(error, tries.failed, surroundings_.jitter());
  surroundings_.log.Debug(fmt::format("attempt {} of {} failed, the next one in {} ms: {}",
                                      tries.failed, tries.policy.max_attempts, delay.count(),
                                      error.message));
  return Wait(surroundings_, delay, "asking " + surroundings_.label + " again", stop);
}

Error WithRetry::WrongModel(const Error& error) const {
  const std::uint64_t actual = error.actual.value_or(0);
  return Error{
      .kind = ErrorKind::kRefused,
      .message = fmt::format(
          "{} gave vectors of {} components instead of {} three times running: it runs "
          "another model than {}, or ignores the length asked for. Check the model, or set "
          "EMBEDDING_DIMENSIONS to {}",
          surroundings_.label, actual, error.limit.value_or(0), options_.model, actual),
      .limit = error.limit,
      .actual = error.actual};
}

}  // namespace reembed
