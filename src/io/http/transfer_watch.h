#pragma once

#include <cstdint>

#include "reembed/base/clock.h"
#include "reembed/ports/http.h"

namespace reembed {

/// What a transfer has done so far.
struct TransferProgress {
  bool connected = false;  ///< the request is being sent, or has been
  std::int64_t sent = 0;   ///< bytes
  std::int64_t received = 0;
};

/// What the clock says about a transfer.
enum class WatchVerdict : std::uint8_t {
  kGoOn,
  kTooLong,  ///< beyond HttpTimeouts::total
  kIdle,     ///< no byte moved for HttpTimeouts::idle
  kSilent,   ///< no byte moved for another `silence_every`: ask the caller
};

/// Judges how long a transfer takes and how long it has been silent. Time before the connection
/// stands does not count; the connect timeout is libcurl's. Pure: the time is an argument.
class TransferWatch {
 public:
  /// Zero means no limit, and for `silence_every` that nobody is to be asked.
  TransferWatch(const HttpTimeouts& timeouts, Millis silence_every);

  /// Takes note of `progress` and judges. kSilent is said once for each `silence_every`.
  WatchVerdict Observe(const TransferProgress& progress, SteadyTime now);

  /// How long nothing can become due, rounded up; at most ten seconds.
  Millis NextCheck(SteadyTime now) const;

  /// Time since the last byte of the request was sent.
  Millis SinceSent(SteadyTime now) const;

 private:
  void Note(const TransferProgress& progress, SteadyTime now);
  SteadyTime SilentSince() const;

  HttpTimeouts timeouts_;
  Millis silence_every_;
  TransferProgress last_;
  SteadyTime started_{}, sent_{}, moved_{}, asked_{};
};

}  // namespace reembed
