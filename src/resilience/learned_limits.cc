#include "src/resilience/learned_limits.h"

#include <algorithm>
#include <optional>

namespace reembed {
namespace {

bool Within(std::uint64_t limit, std::uint64_t amount) {
  return limit == 0 || amount <= limit;
}

std::uint64_t Lowered(std::uint64_t current, std::optional<std::uint64_t> stated,
                      std::uint64_t sent) {
  const bool usable = stated && *stated > 0 && *stated < sent;
  const std::uint64_t learned = usable ? *stated : std::max<std::uint64_t>(sent / 2, 1);
  return current == 0 ? learned : std::min(current, learned);
}

}  // namespace

BatchLimits LearnedLimits::Snapshot() const {
  MutexLock lock(mutex_);
  return limits_;
}

void LearnedLimits::Learn(const Error& error, const RequestSize& sent) {
  MutexLock lock(mutex_);
  if (error.limit_unit == LimitUnit::kTokens) {
    limits_.max_tokens = Lowered(limits_.max_tokens, error.limit, sent.tokens);
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
