#pragma once

#include <curl/curl.h>

#include <string>

#include "reembed/base/clock.h"
#include "reembed/base/error.h"

namespace reembed {

/// What libcurl says about a transfer that failed.
struct FailedTransfer {
  CURLcode code = CURLE_OK;
  std::string peer = {};  ///< `host:port`
  Millis connect_timeout{0};
  int os_error = 0;                 ///< errno of the system call that failed, if one did
  long proxy_status = 0;            ///< a proxy's answer to CONNECT; zero without one
  std::string proxy_variable = {};  ///< `http_proxy`: the one that may name a proxy for the peer
  std::string tls_detail = {};      ///< libcurl's own words; shown for TLS trouble only, because
                                    ///< elsewhere they can hold a proxy's password
};

/// What a libcurl code means. kUnreachable: nothing was sent, another node may be asked.
/// CURLE_OPERATION_TIMEDOUT is always the connect timeout; the others are TransferWatch's.
/// Unknown codes are kTransient. Pure.
ErrorKind KindOf(CURLcode code);

/// The error with a message for people: where, what, and what to do if anything. Pure.
Error ErrorFrom(const FailedTransfer& failed);

/// "10 s", or "50 ms" where seconds do not fit.
std::string InWords(Millis duration);

}  // namespace reembed
