#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>
#include <stop_token>
#include <variant>

#include "reembed/ports/http.h"
#include "src/io/http/body_pool.h"
#include "src/io/http/curl_options.h"
#include "src/io/http/request_check.h"
#include "src/io/http/response_reader.h"

namespace reembed {

/// One request at a time over kept connections: a persistent easy handle driven by a multi handle
/// of its own, because only a multi handle can be woken from another thread.
/// Threads: one at a time; the abort may come from any.
class CurlSession {
 public:
  /// `pool` outlives the session.
  CurlSession(CurlOptions options, BodyPool& pool);

  /// See HttpTransport::Send. A kept connection that dies before the first byte of the answer is
  /// replaced once: a server closes idle connections when it likes, and bodies can be sent again.
  Result<HttpResponse> Run(const HttpRequest& request, const HttpTarget& target,
                           std::stop_token abort);

 private:
  struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };
  /// One transfer's end; `stale` when a fresh connection may do better.
  struct Attempt {
    std::optional<Error> error = {};
    bool stale = false;
    HttpResponse response = {};
  };
  /// libcurl's own verdict, or ours that ended the transfer before.
  using Ending = std::variant<CURLcode, Error>;

  Attempt Try(const HttpRequest& request, const HttpTarget& target, const std::stop_token& abort,
              bool fresh);
  /// Moves bytes until the transfer ends, runs out of time, or is interrupted.
  Ending Drive(const HttpRequest& request, const HttpTarget& target, const std::stop_token& abort);
  /// Turns libcurl's verdict into an answer or an error.
  Attempt Finish(CURLcode code, ResponseReader& reader, const HttpRequest& request,
                 const HttpTarget& target);
  void Prepare(ResponseReader& reader, bool fresh);
  CURLcode TakeResult();
  bool IsStale(CURLcode code) const;
  Error FailureOf(CURLcode code, const HttpRequest& request, const HttpTarget& target) const;

  CurlOptions options_;
  BodyPool& pool_;
  std::unique_ptr<CURLM, FreeMulti> multi_;  // outlives easy_, which may be attached to it
  std::unique_ptr<CURL, FreeEasy> easy_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
};

}  // namespace reembed
