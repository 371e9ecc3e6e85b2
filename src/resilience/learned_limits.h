#pragma once

#include <cstddef>
#include <cstdint>

#include "reembed/base/error.h"
#include "reembed/base/mutex.h"
#include "reembed/core/batcher.h"
#include "reembed/ports/provider.h"

namespace reembed {

/// How big a request is, in all three ways that servers limit.
struct RequestSize {
  std::size_t texts = 0;
  std::uint64_t tokens = 0;  ///< estimated
  std::uint64_t bytes = 0;
};

/// What one request may hold: first what the provider declares, then less with every refusal.
/// Never grows again in a run. Thread-safe.
class LearnedLimits {
 public:
  explicit LearnedLimits(const ProviderProperties& properties)
      : limits_{.max_texts = properties.max_texts,
                .max_tokens = properties.max_request_tokens,
                .max_bytes = properties.max_request_bytes} {}

  /// Zero means no limit.
  BatchLimits Snapshot() const;

  /// A request of `sent` was refused as too big. Takes the limit that the server states, when it is
  /// below what was sent, else half of what was sent; without a unit it is texts that count. A
  /// limit in tokens is kept in estimated ones: scaled, less a margin, when the server says what it
  /// counted.
  void Learn(const Error& error, const RequestSize& sent);

 private:
  mutable Mutex mutex_;
  BatchLimits limits_ REEMBED_GUARDED_BY(mutex_);
};

/// True when a request of that size may be sent; one text always may.
bool Fits(const BatchLimits& limits, const RequestSize& size);

}  // namespace reembed
