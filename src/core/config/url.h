#pragma once

#include <string>
#include <string_view>

#include "reembed/base/result.h"

namespace reembed {

/// Checks the base URL of a server and brings it into one form: scheme in lower case, no slash at
/// the end. Allowed: http or https, a host (a name, an IPv4 address, or an IPv6 address in
/// brackets), a port from 1 to 65535, a path. Refused: user information, query, fragment, blanks.
/// Errors: kUsage with the reason alone; it quotes nothing, the URL may hold a password.
Result<std::string> ParseBaseUrl(std::string_view url);

/// `, found "localhost:8108"`, to stand behind what is wrong with a URL. Empty for what may be or
/// hold a secret: no address at all, or one with a user; a query is left out.
std::string UrlFound(std::string_view url);

/// Checks a bare host, as above. Errors: kUsage with the reason, quoting nothing.
Status CheckHost(std::string_view host);

}  // namespace reembed
