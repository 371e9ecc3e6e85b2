#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/mutex.h"
#include "reembed/ports/http.h"

namespace reembed::testing {

/// A request as it was sent, with its own copy of the body.
struct SentRequest {
  std::string method;
  std::string url;
  std::vector<HttpHeader> headers;
  std::string body;
  HttpTimeouts timeouts;

  /// The value of a header, exactly as spelled; empty when it was not sent.
  std::string Header(std::string_view name) const;
};

/// A transport that answers from a script and remembers every request. Thread-safe.
class FakeHttp final : public HttpTransport {
 public:
  using Handler = std::function<Result<HttpResponse>(const HttpRequest&)>;

  /// The answers, one per request, in the order they are added.
  void Reply(int status, std::string body, std::vector<HttpHeader> headers = {});
  void Fail(ErrorKind kind, std::string message);
  void Handle(Handler handler);

  /// Answers every request after the script; without it such a request is a std::logic_error.
  void Otherwise(Handler handler);

  /// kInterrupted when a stop was asked for, else the next answer.
  Result<HttpResponse> Send(const HttpRequest& request, std::stop_token abort) override;

  std::vector<SentRequest> sent() const;
  /// "GET http://host/path" of every request.
  std::vector<std::string> lines() const;

 private:
  Handler Next(const HttpRequest& request);

  mutable Mutex mutex_;
  std::deque<Handler> script_ REEMBED_GUARDED_BY(mutex_);
  Handler otherwise_ REEMBED_GUARDED_BY(mutex_);
  std::vector<SentRequest> sent_ REEMBED_GUARDED_BY(mutex_);
};

}  // namespace reembed::testing
