#include "providers/quota_headers.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

namespace reembed {
namespace {

constexpr double kMostUnits = 1e15;
// A bucket in debt needs a little more than a minute to be full; an hour's quota needs far more.
constexpr Millis kLongestOfAMinute{90'000};

std::optional<double> Number(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const bool whole = error == std::errc{} && stop == end && !text.empty();
  if (!whole || !std::isfinite(number) || number > kMostUnits) return std::nullopt;
  return number;
}

std::optional<std::string_view> Find(const HttpResponse& response, std::string_view what,
                                     std::string_view unit) {
  std::string name = "x-ratelimit-";
  name.append(what).append("-").append(unit);
  return FindHeader(response, name);
}

// Some servers in OpenAI's place write plain seconds.
std::optional<Millis> Reset(std::string_view text) {
  if (const auto seconds = Number(text)) return ParseDuration(std::string(text) + "s");
  return ParseDuration(text);
}

QuotaFacts Facts(const HttpResponse& response, std::string_view unit) {
  QuotaFacts facts;
  if (const auto reset = Find(response, "reset", unit)) facts.until_full = Reset(*reset);
  if (facts.until_full && *facts.until_full > kLongestOfAMinute) return {};
  if (const auto limit = Find(response, "limit", unit)) facts.per_minute = Number(*limit);
  if (facts.per_minute && *facts.per_minute < 1) facts.per_minute.reset();
  if (const auto left = Find(response, "remaining", unit)) facts.remaining = Number(*left);
  if (facts.remaining && *facts.remaining < 0) facts.remaining = 0;
  return facts;
}

bool UsedUp(const QuotaFacts& facts) {
  return facts.per_minute && facts.remaining && *facts.remaining < 1;
}

void Apply(const QuotaFacts& facts, LimitUnit unit, Error& error) {
  error.limit = static_cast<std::uint64_t>(*facts.per_minute);
  error.limit_unit = unit;
}

}  // namespace

QuotaNotice ReadQuotaHeaders(const HttpResponse& response) {
  return {.requests = Facts(response, "requests"), .tokens = Facts(response, "tokens")};
}

void AddLimitFromHeaders(const HttpResponse& response, Error& error) {
  if (error.kind != ErrorKind::kRateLimited || error.limit) return;
  const QuotaNotice quota = ReadQuotaHeaders(response);
  if (UsedUp(quota.requests)) return Apply(quota.requests, LimitUnit::kRequests, error);
  if (UsedUp(quota.tokens)) return Apply(quota.tokens, LimitUnit::kTokens, error);
  // Something is left of each that is stated: with only one there is no doubt which it was.
  if (quota.requests.per_minute && quota.tokens.per_minute) return;
  if (quota.requests.per_minute) return Apply(quota.requests, LimitUnit::kRequests, error);
  if (quota.tokens.per_minute) return Apply(quota.tokens, LimitUnit::kTokens, error);
}

}  // namespace reembed
