#include "src/io/typesense/errors.h"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "reembed/base/text.h"
#include "src/io/typesense/nodes.h"

namespace reembed {
namespace {

constexpr std::string_view kKeyAdvice =
    "Check TYPESENSE_API_KEY; a key that lacks the action or the collection gets the same answer.";
constexpr std::string_view kRoomAdvice =
    "The server takes no writes until it has room again: free disk or memory there, or lift its "
    "limits, then run again.";
constexpr std::string_view kWritesOffAdvice =
    "Writes are switched off on the server: turn its skip-writes setting off, then run again.";

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

ErrorKind KindOf(int status, std::string_view text) {
  if (status == 404) return ErrorKind::kNotFound;
  if (status == 408) return ErrorKind::kTransient;
  if (status == 413) return ErrorKind::kTooBig;
  if (status == 429) return ErrorKind::kRateLimited;
  if (status == 503) return ErrorKind::kBusy;
  if (status == 500 && Contains(text, "conflicts with an existing collection")) {
    return ErrorKind::kRefused;  // an alias of that name cannot be made; it stays so
  }
  if (status >= 500) return ErrorKind::kTransient;
  const bool altering = status == 422 && Contains(text, "Another collection update operation");
  return altering ? ErrorKind::kBusy : ErrorKind::kRefused;
}

std::string_view AdviceFor(int status, std::string_view text) {
  if (status == 401) return kKeyAdvice;
  if (status != 422) return {};
  if (Contains(text, "OUT_OF_DISK") || Contains(text, "OUT_OF_MEMORY")) return kRoomAdvice;
  if (Contains(text, "Skipping write")) return kWritesOffAdvice;
  return {};
}

// Scheme and host only: what to configure; the rest may hold tokens.
std::string Redirection(const HttpResponse& response, const AnswerOrigin& origin) {
  const std::string location(FindHeader(response, "location").value_or(""));
  const auto scheme = location.find("://");
  if (scheme == std::string::npos) {
    return fmt::format("{} answers with a redirect ({}): configure the address that it leads to.",
                       origin.host, response.status);
  }
  const std::string target = location.substr(0, scheme) + "://" + HostPort(location);
  return fmt::format(
      "{} answers with a redirect ({}) to {}: redirects are not followed, so set TYPESENSE_HOST, "
      "TYPESENSE_PORT and TYPESENSE_PROTOCOL (or TYPESENSE_NODES) to that address.",
      origin.host, response.status, ServerText(target, origin.redact));
}

}  // namespace

std::string MessageOf(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  for (const char* key : {"message", "error"}) {
    if (json.is_object() && json.contains(key) && json[key].is_string()) return json[key];
  }
  constexpr std::string_view kOpening = "\"message\":";
  const auto key = body.find(kOpening);
  if (key == std::string_view::npos) return std::string(body);
  const auto first = body.find('"', key + kOpening.size());
  const auto last = body.rfind('"');
  if (first == std::string_view::npos || last <= first) return std::string(body);
  return std::string(body.substr(first + 1, last - first - 1));
}

Error ErrorFromItem(int code, std::string_view text, const AnswerOrigin& origin) {
  std::string message = fmt::format("Typesense at {} answered {}: {}", origin.host, code,
                                    ServerText(text, origin.redact));
  const std::string_view advice = AdviceFor(code, text);
  if (!advice.empty()) message.append(message.ends_with('.') ? " " : ". ").append(advice);
  return Error{.kind = KindOf(code, text), .message = std::move(message)};
}

bool SaysDocumentMissing(std::string_view text) {
  return Contains(text, "Could not find a document with id");
}

Error ErrorFromAnswer(const HttpResponse& response, const AnswerOrigin& origin) {
  if (response.status >= 300 && response.status < 400) {
    return Error{.kind = ErrorKind::kRefused, .message = Redirection(response, origin)};
  }
  return ErrorFromItem(response.status, MessageOf(response.body), origin);
}

}  // namespace reembed
