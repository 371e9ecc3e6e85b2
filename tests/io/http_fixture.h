#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include "reembed/ports/http.h"
#include "src/io/http/curl_transport.h"

namespace reembed::testing {

/// A transport for loopback; a proxy of the machine's own must not come between.
inline std::unique_ptr<HttpTransport> LoopbackTransport() {
  ::setenv("no_proxy", "*", 1);
  return MakeCurlTransport({.user_agent = "reembed/test"});
}

inline HttpRequest Get(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return request;
}

/// `body` must outlive the request.
inline HttpRequest Post(const std::string& url, std::string_view body) {
  HttpRequest request;
  request.method = "POST";
  request.url = url;
  request.body = body;
  return request;
}

/// The value of a header of the answer; "(none)" without it.
inline std::string HeaderOf(const HttpResponse& response, std::string_view name) {
  for (const HttpHeader& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return "(none)";
}

}  // namespace reembed::testing
