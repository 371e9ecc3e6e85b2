#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "reembed/base/clock.h"
#include "reembed/base/error.h"

// Facts that servers state only within a sentence. All functions compare without ASCII case.
namespace reembed {

bool Mentions(std::string_view text, std::string_view phrase);

/// The first number that stands right behind `phrase`: `Limit 1000000`, `max 300,000`.
std::optional<std::uint64_t> NumberAfter(std::string_view text, std::string_view phrase);

/// `try again in 1m30.951s`, `retry in 21.7s`, `retry after 55 seconds`.
std::optional<Millis> WaitInText(std::string_view text);

/// The N of the first `name[N]`, if the request has such an item.
std::optional<std::size_t> ItemInText(std::string_view text, std::string_view name,
                                      std::size_t texts);

/// A sentence that states a limit. `limit_after` and `actual_after` are what stands right before
/// the numbers; empty when the sentence has none.
struct LimitPhrase {
  std::string_view marker;
  ErrorKind kind = ErrorKind::kTooBig;
  LimitUnit unit = LimitUnit::kTokens;
  std::string_view limit_after;
  std::string_view actual_after;
};

/// Sets kind, numbers and their unit by the first phrase that `text` has. False: none.
bool ApplyLimitPhrase(std::string_view text, std::span<const LimitPhrase> phrases, Error& error);

/// Sets `limit` and `limit_unit` by a sentence that states a quota of a minute: `… on tokens per
/// min (TPM): Limit 1000000`, `Quota exceeded for metric: …_requests, limit: 3000`. Quotas of the
/// day and sentences without a number change nothing.
void AddMinuteLimit(std::string_view text, Error& error);

}  // namespace reembed
