#include "json_number.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "reembed/base/text.h"

namespace reembed {
namespace {

// Removes the digits at the start of `text`; false when there are none.
bool TakeDigits(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  text.remove_prefix(end);
  return end != 0;
}

bool Take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// The grammar of RFC 8259, section 6: std::from_chars alone also takes `01`, `1.` and `inf`.
bool IsJsonNumber(std::string_view text) {
  Take(text, "-");
  if (!Take(text, "0") && !TakeDigits(text)) return false;
  if (Take(text, ".") && !TakeDigits(text)) return false;
  if (Take(text, "eE")) {
    Take(text, "+-");
    if (!TakeDigits(text)) return false;
  }
  return text.empty();
}

// What a number that no double can hold is nearest to. Such a one is tiny if its exponent is
// negative or, without an exponent, if nothing but zeros stands before the point.
double Beyond(std::string_view token) {
  const bool negative = token.starts_with('-');
  const auto exponent = token.find_first_of("eE");
  const bool tiny = exponent != std::string_view::npos ? token.substr(exponent + 1).starts_with('-')
                                                       : token.substr(negative ? 1 : 0, 1) == "0";
  const double size = tiny ? 0.0 : std::numeric_limits<double>::infinity();
  return negative ? -size : size;
}

}  // namespace

bool IsIntegerLiteral(std::string_view token) {
  return std::none_of(token.begin(), token.end(),
                      [](char c) { return c == '.' || c == 'e' || c == 'E'; });
}

std::optional<double> ParseJsonNumber(std::string_view token) {
  if (!IsJsonNumber(token)) return std::nullopt;
  double number = 0;
  const auto read = std::from_chars(token.data(), token.data() + token.size(), number);
  if (read.ec == std::errc::result_out_of_range) return Beyond(token);
  return number;
}

NumberTokens::NumberTokens(std::string_view array) : rest_(Trimmed(array)) {
  // Without brackets the text stays whole: a token that is no number.
  if (rest_.size() < 2 || rest_.front() != '[' || rest_.back() != ']') return;
  rest_ = rest_.substr(1, rest_.size() - 2);
  more_ = !Trimmed(rest_).empty();
}

std::optional<std::string_view> NumberTokens::Next() {
  if (!more_) return std::nullopt;
  const auto comma = rest_.find(',');
  const std::string_view token = Trimmed(rest_.substr(0, comma));
  more_ = comma != std::string_view::npos;
  if (more_) rest_.remove_prefix(comma + 1);
  return token;
}

}  // namespace reembed
