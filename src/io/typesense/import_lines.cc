#include "src/io/typesense/import_lines.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "reembed/base/text.h"
#include "reembed/core/vectors.h"

namespace reembed {
namespace {

constexpr std::size_t kMaxErrorText = 2'000;

constexpr std::string_view kIdKey = R"({"id":)";

void AppendJsonString(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

Error Unusable(std::string what) {
  return {.kind = ErrorKind::kTransient, .message = "the answer to an import " + std::move(what)};
}

std::optional<LineResult> ParseLine(std::string_view line) {
  if (line == R"({"success":true})") return LineResult{.success = true};
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto success = json.find("success");
  if (success == json.end() || !success->is_boolean()) return std::nullopt;
  LineResult result{.success = success->get<bool>()};
  if (result.success) return result;
  const auto code = json.find("code");
  const auto error = json.find("error");
  if (code == json.end() || !code->is_number_integer()) return std::nullopt;
  result.code = code->get<int>();
  if (error != json.end() && error->is_string()) {
    result.error = Utf8Prefix(error->get_ref<const std::string&>(), kMaxErrorText);
  }
  return result;
}

}  // namespace

std::string BareLine(std::string_view id) {
  std::string line(kIdKey);
  AppendJsonString(line, id);
  line += "}\n";
  return line;
}

ImportLines::ImportLines(std::string_view field, bool nested) {
  std::string before = ",";
  std::string after = "}\n";
  for (;;) {
    const auto dot = nested ? field.find('.') : std::string_view::npos;
    AppendJsonString(before, field.substr(0, dot));
    before += ":";
    frames_.push_back({before, after});
    if (dot == std::string_view::npos) return;
    before += "{";
    after.insert(0, "}");
    field.remove_prefix(dot + 1);
  }
}

TextHash ImportLines::Append(std::string& body, std::string_view id,
                             std::span<const float> vector) const {
  const Frame& frame = frames_.back();
  body += kIdKey;
  AppendJsonString(body, id);
  body += frame.before;
  const std::size_t begin = body.size();
  AppendVectorJson(body, vector);
  const TextHash spelling = HashText(std::string_view{body}.substr(begin));
  body += frame.after;
  return spelling;
}

void ImportLines::Append(std::string& body, std::string_view id, const FieldValue& value) const {
  const Frame& frame = frames_[std::min(value.levels, frames_.size() - 1)];
  body += kIdKey;
  AppendJsonString(body, id);
  body += frame.before;
  body += value.json;
  body += frame.after;
}

Result<std::vector<LineResult>> ParseImportAnswer(std::string_view body, std::size_t lines) {
  if (body.ends_with('\n')) body.remove_suffix(1);
  std::vector<LineResult> results;
  results.reserve(lines);
  while (!body.empty()) {
    const std::string_view line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(body.size(), line.size() + 1));
    std::optional<LineResult> result = ParseLine(line);
    if (!result) return Unusable(fmt::format("is unreadable at line {}", results.size() + 1));
    results.push_back(std::move(*result));
  }
  if (results.size() == lines) return results;
  return Unusable(fmt::format("has {} results for {} documents", results.size(), lines));
}

}  // namespace reembed
