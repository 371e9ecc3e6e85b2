// The provider double: OpenAI and Gemini on one port of 127.0.0.1.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/sandbox/http_server.h"
#include "tests/sandbox/provider_core.h"

namespace reembed::sandbox {

class FaultProxy;

/// What runs behind the port: requests reach ProviderCore through a plain HTTP server; each answer
/// is held back until the latency is over, but for a 429, which takes no work. Serves from
/// construction to destruction. The fault proxy stands in between only when the options hold a
/// fault or mode that needs it. Thread-safe.
class ProviderServer {
 public:
  /// Listens at once; port() tells whether it could.
  explicit ProviderServer(const ProviderOptions& options);
  ~ProviderServer();
  ProviderServer(const ProviderServer&) = delete;
  ProviderServer& operator=(const ProviderServer&) = delete;

  /// The port to connect to; 0 when the one asked for could not be bound.
  int port() const;
  /// `http://127.0.0.1:PORT/v1`, what OPENAI_BASE_URL wants.
  std::string openai_url() const;
  /// `http://127.0.0.1:PORT`, what GOOGLE_GEMINI_BASE_URL wants.
  std::string google_url() const;

  /// Ends the mode `dead-after`: from now on requests are answered.
  void Revive() { core_->Revive(); }

  /// Other limits from now on; whatever `quota_changes` would still bring is off.
  void SetQuota(QuotaLimits limits) { core_->SetQuota(limits); }

  /// What was asked since the start or the last Clear(); see provider_history.h.
  std::vector<ProviderRequest> requests() const { return core_->history().requests(); }
  std::unordered_map<std::string, std::size_t> texts_billed() const {
    return core_->history().texts_billed();
  }
  /// The same history to count in or to clear.
  ProviderHistory& history() { return core_->history(); }

  /// Ends all connections, those that wait out a latency or a stall, too.
  void Stop();

 private:
  HttpAnswer Serve(const HttpRequest& request);

  const std::chrono::milliseconds latency_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;  // guarded by mutex_
  std::unique_ptr<ProviderCore> core_;
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<FaultProxy> proxy_;  // null when callers talk to http_ itself
};

}  // namespace reembed::sandbox
