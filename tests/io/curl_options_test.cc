#include "src/io/http/curl_options.h"

#include <cstdlib>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

// The process environment without proxies, as it was before at the end.
class NoProxies {
 public:
  NoProxies() {
    for (const char* name : kNames) Forget(name);
  }
  ~NoProxies() {
    for (const char* name : kNames) ::unsetenv(name);
    for (const auto& [name, value] : kept_) ::setenv(name.c_str(), value.c_str(), 1);
  }
  NoProxies(const NoProxies&) = delete;
  NoProxies& operator=(const NoProxies&) = delete;

 private:
  static constexpr const char* kNames[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                           "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
  void Forget(const char* name) {
    if (const char* value = std::getenv(name)) kept_[name] = value;
    ::unsetenv(name);
  }
  Variables kept_;
};

std::string InProcess(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "(none)" : value;
}

}  // namespace

TEST_CASE("curl options: CURL_CA_BUNDLE stands alone") {
  const CurlOptions options = CurlOptionsFrom(
      {{"CURL_CA_BUNDLE", "/b.pem"}, {"SSL_CERT_FILE", "/f.pem"}, {"SSL_CERT_DIR", "/d"}});
  CHECK(options.ca_file == "/b.pem");
  CHECK(options.ca_dir.empty());
}

TEST_CASE("curl options: SSL_CERT_FILE and SSL_CERT_DIR go together") {
  const CurlOptions options = CurlOptionsFrom(
      {{"CURL_CA_BUNDLE", ""}, {"SSL_CERT_FILE", "/f.pem"}, {"SSL_CERT_DIR", "/d"}});
  CHECK(options.ca_file == "/f.pem");
  CHECK(options.ca_dir == "/d");
}

TEST_CASE("curl options: without variables libcurl decides") {
  CHECK(CurlOptionsFrom({}).ca_file.empty());
  CHECK(CurlOptionsFrom({}).ca_dir.empty());
}

TEST_CASE("curl options: proxies of an .env file reach the process") {
  const NoProxies guard;
  ExportProxyVariables({{"HTTPS_PROXY", "http://proxy:3128"}, {"no_proxy", "localhost"}});
  CHECK(InProcess("https_proxy") == "http://proxy:3128");
  CHECK(InProcess("no_proxy") == "localhost");
  CHECK(InProcess("all_proxy") == "(none)");
}

TEST_CASE("curl options: a proxy of the process wins in either letter case, also when empty") {
  const NoProxies guard;
  ::setenv("HTTPS_PROXY", "http://shell:1", 1);
  ::setenv("http_proxy", "", 1);
  ExportProxyVariables({{"https_proxy", "http://file:2"}, {"http_proxy", "http://file:2"}});
  CHECK(InProcess("https_proxy") == "(none)");
  CHECK(InProcess("HTTPS_PROXY") == "http://shell:1");
  CHECK(InProcess("http_proxy").empty());
}

TEST_CASE("curl options: HTTP_PROXY in capitals is not read, as in curl") {
  const NoProxies guard;
  ExportProxyVariables({{"HTTP_PROXY", "http://proxy:3128"}});
  CHECK(InProcess("http_proxy") == "(none)");
}

TEST_CASE("curl options: which variable names the proxy for a host") {
  const NoProxies guard;
  CHECK(ProxyVariableFor("http://db.test:8108").empty());
  ::setenv("http_proxy", "http://proxy:1", 1);
  ::setenv("ALL_PROXY", "http://proxy:2", 1);
  CHECK(ProxyVariableFor("http://db.test:8108") == "http_proxy");
  CHECK(ProxyVariableFor("https://db.test:443") == "ALL_PROXY");
  ::setenv("HTTPS_PROXY", "http://proxy:3", 1);
  CHECK(ProxyVariableFor("https://db.test:443") == "HTTPS_PROXY");
}

TEST_CASE("curl options: no proxy is named for a host that NO_PROXY lists") {
  const NoProxies guard;
  ::setenv("http_proxy", "http://proxy:1", 1);
  ::setenv("NO_PROXY", "localhost, .test,10.0.0.1", 1);
  CHECK(ProxyVariableFor("http://db.test:8108").empty());
  CHECK(ProxyVariableFor("http://test:8108").empty());
  CHECK(ProxyVariableFor("http://10.0.0.1:8108").empty());
  CHECK(ProxyVariableFor("http://contest:8108") == "http_proxy");
  ::setenv("no_proxy", "*", 1);
  CHECK(ProxyVariableFor("http://contest:8108").empty());
}
