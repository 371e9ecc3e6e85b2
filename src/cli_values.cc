#include "cli_values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace reembed {
namespace {

constexpr double kLongestWait = 31'536'000;

}  // namespace

std::optional<double> ParseNumber(std::string_view text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !std::isfinite(number) || text.starts_with('-')) return std::nullopt;
  return number;
}

std::optional<double> ParseInteger(std::string_view text, double min, double max) {
  const auto number = ParseNumber(text);
  if (!number || text.find('.') != std::string_view::npos) return std::nullopt;
  return *number >= min && *number <= max ? number : std::nullopt;
}

std::optional<Seconds> ParseTimeSpan(std::string_view text) {
  constexpr std::array<std::pair<char, int>, 4> kUnits = {
      {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}}};
  int factor = 1;
  for (const auto& [letter, seconds] : kUnits) {
    if (!text.ends_with(letter)) continue;
    factor = seconds;
    text.remove_suffix(1);
    break;
  }
  const auto number = ParseInteger(text, 0, kLongestWait / factor);
  if (!number) return std::nullopt;
  return Seconds(static_cast<Seconds::rep>(*number) * factor);
}

std::optional<FailureLimit> ParseFailureLimit(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  const auto number = percent ? ParseNumber(text) : ParseInteger(text, 1, 1e15);
  if (!number || *number <= 0 || (percent && *number > 100)) return std::nullopt;
  return FailureLimit{.set = true, .percent = percent, .value = *number};
}

}  // namespace reembed
