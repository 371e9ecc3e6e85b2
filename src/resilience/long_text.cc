#include "src/resilience/long_text.h"

#include <algorithm>
#include <cstddef>

#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr double kMargin = 0.98;
constexpr double kSurely = 1.5;
// Parts are estimated as wholes are, and a refusal costs a request.
constexpr double kPartMargin = 0.9;
// How much of a part is given up for a cut at a good place.
constexpr std::size_t kPartOfLookBack = 8;
// The beginning that fits is found block by block, in one pass over it.
constexpr std::size_t kBlockBytes = 256;

bool IsAsciiLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The shape of what lies between two places of a text; a word that goes on is not counted again.
TextShape ShapeBetween(std::string_view text, std::size_t begin, std::size_t end) {
  TextShape shape = ShapeOf(text.substr(begin, end - begin));
  const bool goes_on =
      begin > 0 && begin < end && IsAsciiLetter(text[begin - 1]) && IsAsciiLetter(text[begin]);
  if (goes_on) --shape.counts[static_cast<std::size_t>(TextClass::kWord)];
  return shape;
}

// The longest beginning of at most `max_tokens`.
std::string_view FittingPrefix(std::string_view text, std::uint64_t max_tokens,
                               const TokenEstimate& estimate) {
  if (text.size() <= max_tokens) return text;
  TextShape shape;
  std::size_t end = 0;
  std::size_t step = kBlockBytes;
  while (step > 0 && end < text.size()) {
    const std::string_view block = Utf8Prefix(text.substr(end), step);
    TextShape longer = shape;
    longer += ShapeBetween(text, end, end + block.size());
    longer.texts = 1;
    if (!block.empty() && estimate.TokensIn(longer) <= max_tokens) {
      shape = longer;
      end += block.size();
    } else {
      step /= 2;
    }
  }
  return text.substr(0, end);
}

// `prefix` is a beginning of `text`: shortened to the last line end or blank near its end, which
// stay in front of the cut.
std::string_view AtGoodPlace(std::string_view text, std::string_view prefix) {
  if (prefix.size() == text.size()) return prefix;
  const std::size_t earliest = prefix.size() - prefix.size() / kPartOfLookBack;
  for (const std::string_view good : {std::string_view("\n"), std::string_view(" \t\r\n")}) {
    const std::size_t found = prefix.find_last_of(good);
    if (found != std::string_view::npos && found >= earliest) return prefix.substr(0, found + 1);
  }
  return prefix;
}

template <typename Fitting>
std::vector<std::string_view> SplitBy(std::string_view text, const Fitting& fitting) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::string_view part = AtGoodPlace(text, fitting(text));
    if (part.empty()) return {};
    if (!IsBlank(part)) parts.push_back(part);
    text.remove_prefix(part.size());
  }
  return parts;
}

}  // namespace

std::string_view CutToEstimate(std::string_view text, std::uint64_t max_tokens,
                               const TokenEstimate& estimate) {
  if (max_tokens == 0 || text.size() <= max_tokens || estimate.TokensIn(text) <= max_tokens) {
    return text;
  }
  return FittingPrefix(text, max_tokens, estimate);
}

std::string_view CutAfterRefusal(std::string_view text, const Error& error) {
  const bool has_ratio = error.limit && error.actual && *error.limit < *error.actual;
  if (!has_ratio) return Utf8Prefix(text, text.size() / 2);
  const double ratio = static_cast<double>(*error.limit) / static_cast<double>(*error.actual);
  const double bytes = static_cast<double>(text.size()) * ratio * kMargin;
  return Utf8Prefix(text, static_cast<std::size_t>(bytes));
}

std::vector<std::string_view> SplitToEstimate(std::string_view text, std::uint64_t max_tokens,
                                              const TokenEstimate& estimate) {
  if (CutToEstimate(text, max_tokens, estimate).size() == text.size()) return {text};
  const auto budget = static_cast<std::uint64_t>(static_cast<double>(max_tokens) * kPartMargin);
  return SplitBy(text, [&](std::string_view rest) {
    return FittingPrefix(rest, std::max<std::uint64_t>(budget, 1), estimate);
  });
}

std::vector<std::string_view> SplitAfterRefusal(std::string_view text, const Error& error) {
  std::size_t most = CutAfterRefusal(text, error).size();
  // Of two halves the second may be a character longer than the first.
  if (!error.limit || !error.actual) most = std::max(most, text.size() - most);
  if (most == 0 || most >= text.size()) return {};
  auto parts = SplitBy(text, [most](std::string_view rest) { return Utf8Prefix(rest, most); });
  const bool smaller = std::all_of(
      parts.begin(), parts.end(), [&](std::string_view part) { return part.size() < text.size(); });
  return smaller ? parts : std::vector<std::string_view>();
}

bool SurelyTooLong(const TextShape& shape, std::uint64_t max_tokens,
                   const TokenEstimate& estimate) {
  return max_tokens != 0 && shape.bytes > max_tokens &&
         static_cast<double>(estimate.TokensIn(shape)) > kSurely * static_cast<double>(max_tokens);
}

}  // namespace reembed
