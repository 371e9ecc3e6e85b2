#include "tests/sandbox/typesense_url.h"

#include <charconv>

namespace reembed::sandbox {
namespace {

// Decodes `%41` to a character; -1 if the text at `at` is no such escape.
int DecodeEscape(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return -1;
  int value = 0;
  const char* const end = text.data() + at + 3;
  const auto [stop, error] = std::from_chars(text.data() + at + 1, end, value, 16);
  return error == std::errc() && stop == end ? value : -1;
}

std::string Decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int escape = text[i] == '%' ? DecodeEscape(text, i) : -1;
    if (escape >= 0) {
      decoded += static_cast<char>(escape);
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

void AddParam(std::string_view pair, Params& params) {
  const std::size_t equals = pair.find('=');
  const std::string key(pair.substr(0, equals));
  std::string value;
  if (equals != std::string_view::npos) value = Decode(pair.substr(equals + 1));
  std::string& slot = params[key];
  if (key == "filter_by" && !slot.empty()) value = slot + "&&" + value;
  slot = std::move(value);
}

}  // namespace

std::vector<std::string> Split(std::string_view text, char separator, bool keep_empty) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    const std::string_view part = text.substr(0, end);
    if (keep_empty || !part.empty()) parts.emplace_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

Target ParseTarget(std::string_view target) {
  Target parsed;
  const std::size_t mark = target.find('?');
  parsed.path = target.substr(0, mark);
  if (mark != std::string_view::npos) {
    parsed.query = target.substr(mark);
    for (const std::string& pair : Split(parsed.query.substr(1), '&')) {
      AddParam(pair, parsed.params);
    }
  }
  parsed.raw_segments = Split(parsed.path, '/');
  for (const std::string& segment : parsed.raw_segments) parsed.segments.push_back(Decode(segment));
  return parsed;
}

std::string Param(const Params& params, const std::string& key, const std::string& fallback) {
  const auto found = params.find(key);
  return found == params.end() ? fallback : found->second;
}

}  // namespace reembed::sandbox
