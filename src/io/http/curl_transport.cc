#include "src/io/http/curl_transport.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <map>
#include <utility>
#include <vector>

#include "reembed/base/mutex.h"
#include "src/io/http/body_pool.h"
#include "src/io/http/curl_session.h"
#include "src/io/http/request_check.h"

namespace reembed {
namespace {

// libcurl wants this before the first handle; the language makes it happen once.
void InitCurl() {
  [[maybe_unused]] static const CURLcode kDone = curl_global_init(CURL_GLOBAL_DEFAULT);
}

class CurlTransport final : public HttpTransport {
 public:
  explicit CurlTransport(CurlOptions options) : options_(std::move(options)) {}

  Result<HttpResponse> Send(const HttpRequest& request, std::stop_token abort) override {
    Result<HttpTarget> target = CheckRequest(request);
    if (!target) return std::move(target).error();
    // Not put back after an exception: nobody would know what state it is in.
    std::unique_ptr<CurlSession> session = Take(target->origin);
    Result<HttpResponse> result = session->Run(request, *target, std::move(abort));
    PutBack(target->origin, std::move(session));
    return result;
  }

  void Recycle(std::string body) override { bodies_.Give(std::move(body)); }

 private:
  // By origin, because a session that knows another host would have to connect anew. Never
  // trimmed: there are as many as requests were in flight at once.
  using Sessions = std::vector<std::unique_ptr<CurlSession>>;

  std::unique_ptr<CurlSession> Take(const std::string& origin) REEMBED_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    Sessions& idle = idle_[origin];
    if (idle.empty()) return std::make_unique<CurlSession>(options_, bodies_);
    std::unique_ptr<CurlSession> session = std::move(idle.back());
    idle.pop_back();
    return session;
  }

  void PutBack(const std::string& origin, std::unique_ptr<CurlSession> session)
      REEMBED_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    idle_[origin].push_back(std::move(session));
  }

  const CurlOptions options_;
  BodyPool bodies_;  // outlives the sessions
  Mutex mutex_;
  std::map<std::string, Sessions> idle_ REEMBED_GUARDED_BY(mutex_);  // by origin, latest last
};

}  // namespace

std::unique_ptr<HttpTransport> MakeCurlTransport(CurlOptions options) {
  InitCurl();
  return std::make_unique<CurlTransport>(std::move(options));
}

std::string CurlVersion() {
  const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
  const char* tls = info->ssl_version == nullptr ? "without TLS" : info->ssl_version;
  return fmt::format("libcurl/{} {}", info->version, tls);
}

}  // namespace reembed
