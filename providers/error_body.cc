#include "providers/error_body.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "reembed/base/text.h"

namespace reembed {
namespace {

using Json = nlohmann::json;

const Json& Member(const Json& object, const char* name) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

std::string Text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_integer() ? value.dump() : std::string();
}

std::optional<std::uint64_t> Count(const Json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  return value.get<std::uint64_t>();
}

// An int64 is a string in proto JSON.
std::optional<std::uint64_t> WholeNumber(const std::string& text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

// FastAPI's complaint about one part of the request: `body.dimensions: Extra inputs …`.
std::string ComplaintText(const Json& complaint) {
  std::string text;
  for (const Json& step : Member(complaint, "loc")) {
    text += (text.empty() ? "" : ".") + Text(step);
  }
  return text + (text.empty() ? "" : ": ") + Text(Member(complaint, "msg"));
}

// The text of a member that may be a string, an object with `message`, or a list of complaints.
std::string MessageOf(const Json& value) {
  if (value.is_array() && !value.empty()) return ComplaintText(value.front());
  if (value.is_object()) return Text(Member(value, "message"));
  return Text(value);
}

void ReadGoogleDetail(const Json& detail, ErrorBody& out) {
  const std::string type = Text(Member(detail, "@type"));
  if (type.ends_with("ErrorInfo")) out.reason = Text(Member(detail, "reason"));
  if (type.ends_with("RetryInfo")) out.retry_delay = Text(Member(detail, "retryDelay"));
  for (const Json& violation : Member(detail, "violations")) {
    const auto limit = WholeNumber(Text(Member(violation, "quotaValue")));
    out.quotas.push_back({.id = Text(Member(violation, "quotaId")),
                          .metric = Text(Member(violation, "quotaMetric")),
                          .limit = limit});
    out.zero_quota = out.zero_quota || limit == 0U;
  }
  for (const Json& violation : Member(detail, "fieldViolations")) {
    if (out.param.empty()) out.param = Text(Member(violation, "field"));
  }
}

void ReadFields(const Json& error, ErrorBody& out) {
  out.code = Text(Member(error, "code"));
  out.type = Text(Member(error, "type"));
  if (out.type.empty()) out.type = Text(Member(error, "status"));
  out.param = Text(Member(error, "param"));
  out.limit = Count(Member(error, "n_ctx"));
  out.actual = Count(Member(error, "n_prompt_tokens"));
  for (const Json& detail : Member(error, "details")) ReadGoogleDetail(detail, out);
}

void ReadJson(const Json& root, ErrorBody& out) {
  const Json& nested = Member(root, "error");
  ReadFields(nested.is_object() ? nested : root, out);
  for (const char* name : {"error", "detail", "message", "errors"}) {
    out.message = MessageOf(Member(root, name));
    if (!out.message.empty()) return;
  }
}

std::string HtmlTitle(std::string_view page) {
  constexpr std::string_view kOpen = "<title>";
  const auto begin = page.find(kOpen);
  if (begin == std::string_view::npos) return {};
  const auto from = begin + kOpen.size();
  const auto end = page.find("</title>", from);
  return end == std::string_view::npos ? ""
                                       : " \"" + std::string(page.substr(from, end - from)) + '"';
}

std::string WithoutInvalidBytes(std::string_view text) {
  std::string clean(text);
  if (IsUtf8(text)) return clean;
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return clean;
}

std::string MessageOfText(const std::string& text) {
  const bool json = text.starts_with('{') || text.starts_with('[');
  return json ? "JSON that is cut short or broken" : text;
}

}  // namespace

ErrorBody ParseErrorBody(std::string_view body) {
  ErrorBody out;
  const auto start = body.find_first_not_of(" \t\r\n");
  const std::string text =
      WithoutInvalidBytes(start == std::string_view::npos ? "" : body.substr(start));
  if (text.starts_with('<')) {
    out.html = true;
    out.message = "an HTML page" + HtmlTitle(text);
    return out;
  }
  const Json root = Json::parse(text, nullptr, false);
  if (root.is_discarded()) {
    out.message = MessageOfText(text);
  } else {
    ReadJson(root.is_array() && !root.empty() ? root.front() : root, out);
    if (out.message.empty() && root.is_string()) out.message = root.get<std::string>();
    if (out.message.empty()) out.message = out.code.empty() ? out.type : out.code;
    if (out.message.empty()) out.message = "no explanation";
  }
  if (out.message.empty()) out.message = "an empty answer";
  return out;
}

}  // namespace reembed
