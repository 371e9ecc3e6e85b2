#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/base/result.h"
#include "reembed/core/http_message.h"

namespace reembed {

/// How long a request may take; zero means no limit.
struct HttpTimeouts {
  Millis connect{10'000};  ///< name look-up, TCP and TLS
  Millis total{0};         ///< from the first byte sent to the last received
  Millis idle{0};          ///< without a byte in either direction
};

/// One request. `url` is complete and encoded; it holds no secret.
struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<HttpHeader> headers;
  std::string_view body;  ///< must live until Send returns; never compressed
  /// Asks for a compressed answer. Worth it only where the line is slower than a core unpacks
  /// (some 100 MB/s); a compressed answer is unpacked in any case.
  bool accept_compression = false;
  HttpTimeouts timeouts;
  std::size_t max_response_bytes = std::size_t{256} << 20;  ///< unpacked
  /// When set, the body of a 2xx answer goes here piece by piece as it arrives, unpacked, and
  /// `body` of the answer stays empty; `max_response_bytes` does not apply. An error ends the
  /// request and is returned. Called from the thread that sends.
  std::function<Status(std::string_view)> on_body;
  /// Called every `silence_every` while the server is silent, with the time since the request
  /// was sent. False ends the request with kOutage.
  std::function<bool(Millis)> on_silence;
  Millis silence_every{60'000};
};

/// Sends HTTP requests.
/// Errors:  kUnreachable (no connection was made), kTransient (reset, cut body, timeout, too large
///          an answer), kInterrupted, kOutage (on_silence gave up), kRefused (TLS verification
///          failed). Messages name host and port. A status of any value is a success here.
/// Redirects are not followed: a redirect is an answer like any other.
/// Retries: none.   Threads: safe to call from several at once; connections are kept and reused.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  virtual Result<HttpResponse> Send(const HttpRequest& request, std::stop_token abort) = 0;

  /// Takes back the body of an answer that is done with, so that the next one need not ask the
  /// system for memory. Whoever keeps the body, or forgets, only forgoes that.
  virtual void Recycle(std::string /*body*/) {}  // NOLINT(performance-unnecessary-value-param)
};

}  // namespace reembed
