#include "url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "suggest.h"

namespace reembed {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

Error Bad(std::string why) {
  return Error{.kind = ErrorKind::kUsage, .message = std::move(why)};
}

bool IsHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

bool IsPrintable(char c) {
  return c > ' ' && c < 0x7F;
}

Status CheckBracketed(std::string_view host) {
  const bool closed = host.size() > 2 && host.back() == ']';
  if (!closed) return Bad("the IPv6 address in brackets is incomplete");
  const std::string_view address = host.substr(1, host.size() - 2);
  const bool plausible =
      address.find(':') != std::string_view::npos &&
      address.find_first_not_of(std::string(kHexDigits) + ":.") == std::string_view::npos;
  if (!plausible) return Bad("there is no IPv6 address between the brackets");
  return {};
}

Status CheckPort(std::string_view port) {
  int number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool whole = error == std::errc() && end == port.data() + port.size();
  if (!whole || number < 1 || number > 65535) return Bad("the port must be from 1 to 65535");
  return {};
}

// Where the host ends and `:port` begins; the colons of an IPv6 address stand in brackets.
std::size_t HostLength(std::string_view authority) {
  if (!authority.starts_with('[')) return std::min(authority.find(':'), authority.size());
  const auto bracket = authority.find(']');
  return bracket == std::string_view::npos ? authority.size() : bracket + 1;
}

Status CheckAuthority(std::string_view authority) {
  if (authority.find('@') != std::string_view::npos) {
    return Bad("a URL with a user name or password is not accepted");
  }
  const std::size_t length = HostLength(authority);
  Status host = CheckHost(authority.substr(0, length));
  if (!host.ok()) return host;
  const std::string_view rest = authority.substr(length);
  if (rest.empty()) return {};
  if (rest.front() != ':') return Bad("something other than a port follows the host");
  return CheckPort(rest.substr(1));
}

}  // namespace

Status CheckHost(std::string_view host) {
  if (host.empty()) return Bad("the host is missing");
  if (host.front() == '[') return CheckBracketed(host);
  if (!std::all_of(host.begin(), host.end(), IsHostCharacter)) {
    return Bad("the host may hold letters, digits, '-', '.' and '_' only");
  }
  return {};
}

std::string UrlFound(std::string_view url) {
  if (url.empty()) return ", found nothing";
  const std::string_view shown = url.substr(0, url.find_first_of("?#"));
  const bool address = shown.find_first_of(".:") != std::string_view::npos || shown == "localhost";
  const bool login = shown.find('@') != std::string_view::npos;
  return address && !login ? fmt::format(", found {}", Quoted(shown)) : std::string();
}

Result<std::string> ParseBaseUrl(std::string_view url) {
  const auto separator = url.find("://");
  const std::string scheme = Lower(url.substr(0, separator));
  if (separator == std::string_view::npos || (scheme != "http" && scheme != "https")) {
    return Bad("a URL must begin with http:// or https://");
  }
  std::string_view rest = url.substr(separator + 3);
  if (!std::all_of(rest.begin(), rest.end(), IsPrintable)) {
    return Bad("a URL must consist of printable ASCII characters without blanks");
  }
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return Bad("a URL with a query or a fragment is not accepted");
  }
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const Status authority = CheckAuthority(rest.substr(0, rest.find('/')));
  if (!authority.ok()) return authority.error();
  return fmt::format("{}://{}", scheme, rest);
}

}  // namespace reembed
