#include "src/io/http/curl_options.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <initializer_list>
#include <string_view>
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

// The first of these variables of the process that is not empty.
const char* FirstSet(std::initializer_list<const char*> names) {
  const auto* const found = std::find_if(names.begin(), names.end(), [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  });
  return found == names.end() ? nullptr : *found;
}

// `entry` is `*`, the host, or a domain around it, with or without a leading dot.
bool Covers(std::string_view entry, std::string_view host) {
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty() || !host.ends_with(entry)) return entry == "*";
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

bool IsExempt(std::string_view host) {
  const char* name = FirstSet({"no_proxy", "NO_PROXY"});
  const char* value = name == nullptr ? nullptr : std::getenv(name);
  std::string_view rest = value == nullptr ? "" : value;
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find_first_of(", "));
    if (Covers(entry, host)) return true;
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
  }
  return false;
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

std::string ProxyVariableFor(std::string_view origin) {
  const auto host_begin = std::min(origin.size(), origin.find("://") + 3);
  const std::string_view host_port = origin.substr(host_begin);
  if (IsExempt(host_port.substr(0, host_port.rfind(':')))) return {};
  const char* name = FirstSet({"http_proxy", "all_proxy", "ALL_PROXY"});
  if (origin.starts_with("https:")) {
    name = FirstSet({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  }
  return name == nullptr ? std::string{} : name;
}

}  // namespace reembed
