#include "src/resilience/long_text.h"

#include <cstddef>

#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr double kMargin = 0.98;
constexpr double kSurely = 1.5;

}  // namespace

std::string_view CutToEstimate(std::string_view text, std::uint64_t max_tokens,
                               const TokenEstimate& estimate) {
  if (max_tokens == 0 || estimate.TokensIn(text) <= max_tokens) return text;
  return Utf8Prefix(text, estimate.BytesFor(max_tokens));
}

std::string_view CutAfterRefusal(std::string_view text, const Error& error) {
  const bool has_ratio = error.limit && error.actual && *error.limit < *error.actual;
  if (!has_ratio) return Utf8Prefix(text, text.size() / 2);
  const double ratio = static_cast<double>(*error.limit) / static_cast<double>(*error.actual);
  const double bytes = static_cast<double>(text.size()) * ratio * kMargin;
  return Utf8Prefix(text, static_cast<std::size_t>(bytes));
}

bool SurelyTooLong(std::string_view text, std::uint64_t max_tokens, const TokenEstimate& estimate) {
  return max_tokens != 0 &&
         static_cast<double>(estimate.TokensIn(text)) > kSurely * static_cast<double>(max_tokens);
}

}  // namespace reembed
