#include "src/io/http/request_check.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "reembed/base/text.h"

namespace reembed {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

// The characters of a method or a header name: https://www.rfc-editor.org/rfc/rfc9110#name-tokens
bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
  });
}

// libcurl would send these as they are, and end the value at a zero byte.
bool IsOneLine(std::string_view value) {
  constexpr std::string_view kBreaks("\r\n\0", 3);
  return value.find_first_of(kBreaks) == std::string_view::npos;
}

Error Unusable(std::string message) {
  return {.kind = ErrorKind::kUsage, .message = std::move(message)};
}

std::optional<Error> CheckHeader(const HttpHeader& header) {
  if (!IsToken(header.name)) {
    return Unusable(fmt::format("`{}` is not a header name", EscapeControl(header.name)));
  }
  if (!IsOneLine(header.value)) {
    return Unusable(fmt::format(
        "the value for the header `{}` contains a line break; check the variable it comes from",
        header.name));
  }
  return std::nullopt;
}

std::string Part(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

Result<HttpTarget> ParseTarget(const std::string& text) {
  const Url url(curl_url());
  const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0);
  if (code != CURLUE_OK) {
    return Unusable(fmt::format("a request's URL is not valid: {}", curl_url_strerror(code)));
  }
  // Host and port only: user, path and query have no place in a message.
  const std::string scheme = Part(url, CURLUPART_SCHEME);
  const std::string peer = Part(url, CURLUPART_HOST) + ":" + Part(url, CURLUPART_PORT);
  if (scheme != "http" && scheme != "https") {
    return Unusable(fmt::format("{}: `{}` is neither http nor https", peer, scheme));
  }
  return HttpTarget{.origin = fmt::format("{}://{}", scheme, peer), .peer = peer};
}

}  // namespace

Result<HttpTarget> CheckRequest(const HttpRequest& request) {
  if (!IsToken(request.method)) {
    return Unusable(fmt::format("`{}` is not an HTTP method", EscapeControl(request.method)));
  }
  for (const HttpHeader& header : request.headers) {
    if (std::optional<Error> error = CheckHeader(header)) return *std::move(error);
  }
  return ParseTarget(request.url);
}

}  // namespace reembed
