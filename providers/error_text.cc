#include "providers/error_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "reembed/core/http_message.h"

namespace reembed {
namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t Find(std::string_view text, std::string_view phrase, std::size_t from) {
  const auto begin = text.begin() + static_cast<std::ptrdiff_t>(std::min(from, text.size()));
  const auto found = std::search(begin, text.end(), phrase.begin(), phrase.end(),
                                 [](char a, char b) { return Lower(a) == Lower(b); });
  return found == text.end() ? std::string_view::npos
                             : static_cast<std::size_t>(found - text.begin());
}

// Digits at the start of `text`; commas between them are thousands separators.
std::optional<std::uint64_t> LeadingNumber(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool separator = text[i] == ',' && i + 1 < text.size() && IsDigit(text[i + 1]);
    if (!IsDigit(text[i]) && !(separator && !digits.empty())) break;
    if (!separator) digits += text[i];
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{}) return std::nullopt;
  return number;
}

// `2.812s.`, or `55 seconds.`, at the start of `text`.
std::optional<Millis> LeadingWait(std::string_view text) {
  const std::string_view word = text.substr(0, text.find_first_of(" \n"));
  const auto last = word.find_last_not_of(".,;)");
  if (last == std::string_view::npos) return std::nullopt;
  const std::string number(word.substr(0, last + 1));
  if (const auto wait = ParseDuration(number)) return wait;
  const std::string_view unit = text.substr(std::min(word.size() + 1, text.size()));
  constexpr std::array<std::string_view, 4> kUnits = {"milli", "second", "minute", "hour"};
  constexpr std::array<std::string_view, 4> kShort = {"ms", "s", "m", "h"};
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    if (unit.starts_with(kUnits[i])) return ParseDuration(number + std::string(kShort[i]));
  }
  return std::nullopt;
}

}  // namespace

bool Mentions(std::string_view text, std::string_view phrase) {
  return Find(text, phrase, 0) != std::string_view::npos;
}

std::optional<std::uint64_t> NumberAfter(std::string_view text, std::string_view phrase) {
  if (phrase.empty()) return std::nullopt;
  for (auto at = Find(text, phrase, 0); at != std::string_view::npos;
       at = Find(text, phrase, at + 1)) {
    if (const auto number = LeadingNumber(text.substr(at + phrase.size()))) return number;
  }
  return std::nullopt;
}

std::optional<Millis> WaitInText(std::string_view text) {
  for (const std::string_view phrase : {"again in ", "retry in ", "retry after ", "again after "}) {
    const auto at = Find(text, phrase, 0);
    if (at == std::string_view::npos) continue;
    if (const auto wait = LeadingWait(text.substr(at + phrase.size()))) return wait;
  }
  return std::nullopt;
}

std::optional<std::size_t> ItemInText(std::string_view text, std::string_view name,
                                      std::size_t texts) {
  const auto number = NumberAfter(text, std::string(name) + "[");
  if (!number || *number >= texts) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

bool ApplyLimitPhrase(std::string_view text, std::span<const LimitPhrase> phrases, Error& error) {
  const auto phrase = std::find_if(phrases.begin(), phrases.end(),
                                   [&](const LimitPhrase& p) { return Mentions(text, p.marker); });
  if (phrase == phrases.end()) return false;
  error.kind = phrase->kind;
  error.limit = NumberAfter(text, phrase->limit_after);
  error.limit_unit = error.limit ? phrase->unit : LimitUnit::kNone;
  error.actual = NumberAfter(text, phrase->actual_after);
  return true;
}

void AddMinuteLimit(std::string_view text, Error& error) {
  // The names of quotas follow each other in a list; what stands behind the first is its own.
  constexpr std::string_view kMetric = "exceeded for metric: ";
  const auto metric = Find(text, kMetric, 0);
  const bool named = metric != std::string_view::npos;
  const std::string_view part =
      named ? text.substr(metric, text.find('\n', metric) - metric) : text;
  const bool of_minute = Mentions(part, "per min") || (named && !Mentions(part, "per day"));
  const auto limit = NumberAfter(part, named ? "limit: " : "Limit ");
  if (!of_minute || !limit) return;
  error.limit = limit;
  const bool tokens = Mentions(part, named ? "token" : "tokens per min");
  error.limit_unit = tokens ? LimitUnit::kTokens : LimitUnit::kRequests;
}

}  // namespace reembed
