#include "src/io/http/curl_options.h"

#include <array>
#include <cstdlib>
#include <utility>

namespace reembed {
namespace {

std::string ValueOf(const Variables& variables, std::string_view name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string{} : found->second;
}

bool InEnvironment(const char* name) {
  return name != nullptr && std::getenv(name) != nullptr;
}

}  // namespace

CurlOptions CurlOptionsFrom(const Variables& variables) {
  CurlOptions options;
  // The curl tool looks at the others only when this one is unset or empty.
  options.ca_file = ValueOf(variables, "CURL_CA_BUNDLE");
  if (!options.ca_file.empty()) return options;
  options.ca_file = ValueOf(variables, "SSL_CERT_FILE");
  options.ca_dir = ValueOf(variables, "SSL_CERT_DIR");
  return options;
}

void ExportProxyVariables(const Variables& variables) {
  // libcurl prefers the first spelling; the pair is one variable, or `.env` could beat the shell.
  constexpr std::array<std::pair<const char*, const char*>, 4> kPairs = {{
      {"http_proxy", nullptr},
      {"https_proxy", "HTTPS_PROXY"},
      {"all_proxy", "ALL_PROXY"},
      {"no_proxy", "NO_PROXY"},
  }};
  for (const auto& [lower, upper] : kPairs) {
    if (InEnvironment(lower) || InEnvironment(upper)) continue;
    std::string value = ValueOf(variables, lower);
    if (value.empty() && upper != nullptr) value = ValueOf(variables, upper);
    if (!value.empty()) ::setenv(lower, value.c_str(), 0);
  }
}

}  // namespace reembed
