#pragma once

#include <cstdint>

#include "reembed/base/mutex.h"
#include "reembed/core/token_estimate.h"

namespace reembed {

/// Learns how many bytes make a token from what the provider bills: an average that follows the
/// latest requests, kept between 0.5 and 12 bytes so that one odd bill cannot spoil it.
/// Thread-safe.
class Estimator {
 public:
  /// A request with `bytes` of text was billed as `tokens`. Zero of either teaches nothing.
  void Learn(std::uint64_t bytes, std::uint64_t tokens);

  TokenEstimate Snapshot() const;

 private:
  mutable Mutex mutex_;
  TokenEstimate estimate_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace reembed
