#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"

namespace reembed {

/// One header line. A secret value is sent and never shown.
struct HttpHeader {
  std::string name;
  std::string value;
  bool secret = false;
};

/// A complete answer. Every status is an answer; only transport trouble is an Error.
struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;
  std::string body;
};

/// The first header of that name (any letter case), without surrounding blanks.
std::optional<std::string_view> FindHeader(const HttpResponse& response, std::string_view name);

/// How long the server asks to wait: `retry-after-ms` before `retry-after`, the latter as seconds
/// (also with a fraction) or as an HTTP date, judged by `now`. Nothing when absent or unreadable;
/// a date in the past is zero.
std::optional<Millis> RetryAfter(const HttpResponse& response, WallTime now);

/// An HTTP date such as `Sat, 21 Nov 2026 06:00:00 GMT`; nothing when it is not one.
std::optional<WallTime> ParseHttpDate(std::string_view text);

/// A Go duration such as `1m30.951s`, `120ms` or `6m0s`; also a proto duration (`21.7s`).
std::optional<Millis> ParseDuration(std::string_view text);

}  // namespace reembed
