#include "tests/sandbox/provider_server.h"

#include "tests/sandbox/fault_proxy.h"

namespace reembed::sandbox {
namespace {

bool NeedsProxy(const ProviderOptions& options) {
  return NeedsWire(options.faults) || options.modes.dead_after.has_value();
}

}  // namespace

ProviderServer::ProviderServer(const ProviderOptions& options)
    : latency_(options.latency), core_(std::make_unique<ProviderCore>(options)) {
  // Without such a fault callers reach the server itself: the proxy would cost them time.
  const bool behind_proxy = NeedsProxy(options);
  http_ =
      std::make_unique<HttpServer>(HttpServerOptions{.port = behind_proxy ? 0 : options.port},
                                   [this](const HttpRequest& request) { return Serve(request); });
  if (behind_proxy) proxy_ = std::make_unique<FaultProxy>(http_->port(), options.port);
}

ProviderServer::~ProviderServer() {
  Stop();
}

int ProviderServer::port() const {
  return proxy_ ? proxy_->port() : http_->port();
}

std::string ProviderServer::google_url() const {
  return "http://127.0.0.1:" + std::to_string(port());
}

std::string ProviderServer::openai_url() const {
  return google_url() + "/v1";
}

void ProviderServer::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  // The proxy first, so that callers see their connections end and not new ones fail.
  if (proxy_) proxy_->Stop();
  http_->Stop();
}

HttpAnswer ProviderServer::Serve(const HttpRequest& request) {
  const auto due = std::chrono::steady_clock::now() + latency_;
  HttpAnswer answer = core_->Handle(request);
  if (answer.status == 429) return answer;
  std::unique_lock<std::mutex> lock(mutex_);
  stopped_.wait_until(lock, due, [this] { return stopping_; });
  return answer;
}

}  // namespace reembed::sandbox
