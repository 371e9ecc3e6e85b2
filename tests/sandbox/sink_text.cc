#include "tests/sandbox/sink_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace reembed::sandbox {
namespace {

constexpr float kTolerance = 1e-6F;

std::string Decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 1] + 2, value, 16).ptr == &text[i + 1] + 2) {
      decoded += static_cast<char>(value);
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

}  // namespace

std::optional<std::string> QueryValue(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    return Decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
  }
  return std::nullopt;
}

SinkFields FieldsIn(const std::optional<std::string>& include) {
  if (!include) return {};
  const std::string list = "," + *include + ",";
  return {.text = list.find(",text,") != std::string::npos,
          .title = list.find(",title,") != std::string::npos,
          .vec = list.find(",vec,") != std::string::npos};
}

std::size_t NumberOr(std::string_view text, std::size_t otherwise) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : otherwise;
}

std::string_view SkipString(std::string_view json, std::string_view& text) {
  for (std::size_t end = 1;; ++end) {
    end = json.find('"', end);
    if (end == std::string_view::npos) return {};
    std::size_t escapes = 0;
    while (json[end - 1 - escapes] == '\\') ++escapes;
    if (escapes % 2 != 0) continue;
    text = json.substr(1, end - 1);
    return json.substr(end + 1);
  }
}

std::string_view After(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":";
  const auto place = json.find(key);
  if (place == std::string_view::npos) return {};
  json.remove_prefix(place + key.size());
  json.remove_prefix(std::min(json.size(), json.find_first_not_of(' ')));
  return json;
}

bool HoldsVector(std::string_view json, std::span<const float> vector) {
  if (!json.starts_with('[') || !json.ends_with(']')) return false;
  const char* place = json.data() + 1;
  const char* const end = json.data() + json.size();
  for (const float expected : vector) {
    while (*place == ' ') ++place;
    float number = 0;
    const auto read = std::from_chars(place, end, number);
    if (read.ec != std::errc() || std::fabs(number - expected) > kTolerance) return false;
    place = read.ptr;
    if (place == end) return false;
    ++place;  // the comma, or the bracket
  }
  return place == end;
}

}  // namespace reembed::sandbox
