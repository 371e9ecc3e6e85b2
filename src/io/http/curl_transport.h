#pragma once

#include <memory>
#include <string>

#include "reembed/ports/http.h"
#include "src/io/http/curl_options.h"

namespace reembed {

/// HTTP/1.1 on libcurl. Keeps one handle and its connections for each request in flight, by
/// origin, most recently used first, so that a worker meets a warm connection. An abort ends a
/// request at once. A kept connection that turns out dead before the first byte of the answer is
/// replaced and the request sent again, once; nothing else is ever repeated.
///
/// Answers come uncompressed unless the request says otherwise. The memory of large bodies that are
/// handed back (Recycle) is kept for the next, 8 MB at most.
///
/// Proxies are libcurl's: http_proxy, HTTPS_PROXY, ALL_PROXY, NO_PROXY of the process environment
/// (see ExportProxyVariables). TLS is always verified. Header values with a line break are refused
/// with kUsage. The process should ignore SIGPIPE.
std::unique_ptr<HttpTransport> MakeCurlTransport(CurlOptions options);

/// The library that is linked, for `--version`: "libcurl/7.88.1 OpenSSL/3.0.19".
std::string CurlVersion();

}  // namespace reembed
