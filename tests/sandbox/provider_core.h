// The provider double without its connections: one HTTP request in, one answer out.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "tests/sandbox/http_server.h"
#include "tests/sandbox/provider_dialect.h"
#include "tests/sandbox/provider_history.h"
#include "tests/sandbox/provider_options.h"

namespace reembed::sandbox {

/// Checks in the order of the real services: key, shape of the request, standing modes, quota,
/// faults of the moment; then makes vectors. Faults are drawn per request that either dialect
/// serves, numbered from 1 in the order of arrival. An answer whose fault needs the raw connection
/// carries the header kWireHeader (fault_wire.h); the proxy acts on it and never shows it.
/// Thread-safe.
class ProviderCore {
 public:
  /// `options.port` and `options.latency` are for the server (provider_server.h), not used here.
  explicit ProviderCore(ProviderOptions options);

  /// Answers at once; never throws on bad input. Targets that neither dialect serves get 404 and
  /// stay out of the history.
  HttpAnswer Handle(const HttpRequest& request);

  /// Ends the mode `dead-after`: requests are served again.
  void Revive();

  /// Other limits from now on, for both dialects.
  void SetQuota(QuotaLimits limits);

  /// Every request served so far, refused ones included.
  ProviderHistory& history() { return history_; }

 private:
  // What is known of one request while it is handled.
  struct Turn;

  Turn Begin(const Dialect& dialect);
  bool IsDead(std::uint64_t number) const;  // under mutex_
  HttpAnswer Judge(const HttpRequest& request, Turn& turn);
  // Each of these gives the answer that ends the request, or nothing when it may go on.
  std::optional<HttpAnswer> RefuseByMode(const Turn& turn) const;
  std::optional<HttpAnswer> RefuseByText(const Turn& turn) const;
  std::optional<HttpAnswer> RefuseByQuota(Turn& turn);
  void ChangeQuotas(QuotaLimits limits, QuotaClock::time_point now);  // under mutex_
  void ApplyDueChanges(QuotaClock::time_point now);                   // under mutex_
  std::optional<HttpAnswer> Strike(Turn& turn) const;
  HttpAnswer Embed(const Turn& turn) const;
  void Record(const HttpRequest& request, Turn turn, const HttpAnswer& answer);

  const ProviderOptions options_;
  const std::unique_ptr<Dialect> openai_;
  const std::unique_ptr<Dialect> gemini_;
  ProviderHistory history_;
  std::mutex mutex_;
  std::uint64_t last_number_ = 0;  // guarded by mutex_
  bool revived_ = false;           // guarded by mutex_
  QuotaClock::time_point started_;
  std::size_t changes_made_ = 0;  // guarded by mutex_
  Quota openai_quota_;            // guarded by mutex_
  Quota gemini_quota_;            // guarded by mutex_
};

}  // namespace reembed::sandbox
