#pragma once

#include <string>
#include <string_view>

#include "reembed/core/config_sources.h"

namespace reembed {

/// What holds for every request of a transport. Empty: libcurl's own default.
struct CurlOptions {
  std::string ca_file = {};  ///< PEM bundle that replaces the system's
  std::string ca_dir = {};   ///< directory of hashed certificates, in addition
  std::string user_agent = {};
};

/// The certificate variables as the curl tool reads them (libcurl itself does not):
/// CURL_CA_BUNDLE alone when set, else SSL_CERT_DIR and SSL_CERT_FILE.
/// Source: https://curl.se/docs/manpage.html, section ENVIRONMENT.
CurlOptions CurlOptionsFrom(const Variables& variables);

/// Puts the proxy variables of an `.env` file where libcurl looks for them: into the process
/// environment. A variable that is there already, in either letter case, wins, also when empty
/// (that is how a user switches a proxy off). HTTP_PROXY in capitals is not read, as in curl.
/// Threads: none may run yet; `main` calls it first.
void ExportProxyVariables(const Variables& variables);

/// The variable of the process environment that names a proxy for `origin` (`http://host:port`):
/// `http_proxy`, `HTTPS_PROXY`, `all_proxy` …; empty without one, or where NO_PROXY lists the host
/// or a domain it lies in. For advice only: address ranges in NO_PROXY are libcurl's to judge.
std::string ProxyVariableFor(std::string_view origin);

}  // namespace reembed
