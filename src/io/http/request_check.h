#pragma once

#include <string>

#include "reembed/ports/http.h"

namespace reembed {

/// Where a request goes.
struct HttpTarget {
  std::string origin;  ///< `http://host:port`: connections are kept by it
  std::string peer;    ///< `host:port`: the name that errors show; no user, path or query
};

/// Checks what libcurl would take as it is: the URL (http or https only), the method, and the
/// headers, where a line break would smuggle in a header of somebody else's choice.
/// Errors: kUsage. The message names the header, never its value, and never the URL's query.
/// Pure.
Result<HttpTarget> CheckRequest(const HttpRequest& request);

}  // namespace reembed
