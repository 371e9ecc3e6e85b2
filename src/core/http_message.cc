#include "reembed/core/http_message.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <ctime>
#include <utility>

#include "reembed/base/text.h"

namespace reembed {
namespace {

// Longer waits are as good as for ever, and must not overflow a count of milliseconds.
constexpr double kLongestSeconds = 10.0 * 365 * 86'400;
constexpr std::time_t kEarliest = 0;
constexpr std::time_t kLatest = 7'258'118'400;  // the year 2200

char Lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

// A non-negative number at the start of `text`, which is moved behind it.
std::optional<double> TakeNumber(std::string_view& text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number) || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<double> WholeNumber(std::string_view text) {
  const auto number = TakeNumber(text);
  return text.empty() ? number : std::nullopt;
}

Millis FromSeconds(double seconds) {
  return Millis(static_cast<std::int64_t>(std::ceil(std::min(seconds, kLongestSeconds) * 1000)));
}

// The unit at the start of `text` in seconds; `ms` before `m`.
std::optional<double> TakeUnit(std::string_view& text) {
  constexpr std::array<std::pair<std::string_view, double>, 8> kUnits = {{{"ms", 1e-3},
                                                                          {"us", 1e-6},
                                                                          {"\xC2\xB5s", 1e-6},
                                                                          {"ns", 1e-9},
                                                                          {"h", 3600},
                                                                          {"m", 60},
                                                                          {"s", 1},
                                                                          {"d", 86'400}}};
  for (const auto& [name, seconds] : kUnits) {
    if (!text.starts_with(name)) continue;
    text.remove_prefix(name.size());
    return seconds;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> FindHeader(const HttpResponse& response, std::string_view name) {
  for (const HttpHeader& header : response.headers) {
    if (SameName(header.name, name)) return Trimmed(header.value);
  }
  return std::nullopt;
}

std::optional<Millis> RetryAfter(const HttpResponse& response, WallTime now) {
  if (const auto exact = FindHeader(response, "retry-after-ms")) {
    if (const auto millis = WholeNumber(*exact)) return FromSeconds(*millis / 1000);
  }
  const auto value = FindHeader(response, "retry-after");
  if (!value) return std::nullopt;
  if (const auto seconds = WholeNumber(*value)) return FromSeconds(*seconds);
  const auto date = ParseHttpDate(*value);
  if (!date) return std::nullopt;
  if (*date <= now) return Millis(0);
  return std::min(std::chrono::duration_cast<Millis>(*date - now), FromSeconds(kLongestSeconds));
}

std::optional<WallTime> ParseHttpDate(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  if (strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return std::nullopt;
  // The clock counts nanoseconds, which do not reach to the dates that mean `never`.
  return std::chrono::system_clock::from_time_t(std::clamp(timegm(&parts), kEarliest, kLatest));
}

std::optional<Millis> ParseDuration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double seconds = 0;
  while (!text.empty()) {
    const auto number = TakeNumber(text);
    const auto unit = number ? TakeUnit(text) : std::nullopt;
    if (!unit) return std::nullopt;
    seconds += *number * *unit;
  }
  return FromSeconds(seconds);
}

}  // namespace reembed
