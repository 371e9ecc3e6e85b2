#include "src/resilience/learned_limits.h"

#include <algorithm>
#include <optional>

namespace reembed {
namespace {

constexpr double kTokenMargin = 0.95;

bool Within(std::uint64_t limit, std::uint64_t amount) {
  return limit == 0 || amount <= limit;
}

std::uint64_t Lowered(std::uint64_t current, std::optional<std::uint64_t> stated,
                      std::uint64_t sent) {
  const bool usable = stated && *stated > 0 && *stated < sent;
  const std::uint64_t learned = usable ? *stated : std::max<std::uint64_t>(sent / 2, 1);
  return current == 0 ? learned : std::min(current, learned);
}

// The server counts tokens, we estimate them: what it says of this request tells the one in terms
// of the other. Without it the limit is taken as it is.
std::optional<std::uint64_t> InEstimated(const Error& error, std::uint64_t estimated) {
  if (!error.limit || !error.actual || *error.actual <= *error.limit) return error.limit;
  const double ratio = static_cast<double>(*error.limit) / static_cast<double>(*error.actual);
  const double limit = kTokenMargin * ratio * static_cast<double>(estimated);
  return std::max<std::uint64_t>(static_cast<std::uint64_t>(limit), 1);
}

}  // namespace

BatchLimits LearnedLimits::Snapshot() const {
  MutexLock lock(mutex_);
  return limits_;
}

void LearnedLimits::Learn(const Error& error, const RequestSize& sent) {
  MutexLock lock(mutex_);
  if (error.limit_unit == LimitUnit::kTokens) {
    limits_.max_tokens = Lowered(limits_.max_tokens, InEstimated(error, sent.tokens), sent.tokens);
  } else if (error.limit_unit == LimitUnit::kBytes) {
    limits_.max_bytes = Lowered(limits_.max_bytes, error.limit, sent.bytes);
  } else {
    limits_.max_texts = Lowered(limits_.max_texts, error.limit, sent.texts);
  }
}

bool Fits(const BatchLimits& limits, const RequestSize& size) {
  return size.texts <= 1 ||
         (Within(limits.max_texts, size.texts) && Within(limits.max_tokens, size.tokens) &&
          Within(limits.max_bytes, size.bytes));
}

}  // namespace reembed
