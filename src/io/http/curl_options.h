#pragma once

#include <string>

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

}  // namespace reembed
