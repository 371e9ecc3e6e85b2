#pragma once

#include <optional>
#include <string_view>

namespace reembed {

/// True when `token` has neither a fraction nor an exponent. Only for what is a JSON number.
bool IsIntegerLiteral(std::string_view token);

/// The double nearest to a JSON number, of any size: beyond the largest it is infinite, below the
/// smallest zero. Nothing when `token` is no JSON number. Does not depend on the locale.
std::optional<double> ParseJsonNumber(std::string_view token);

/// Takes the numbers of a JSON array apart, from front to back.
class NumberTokens {
 public:
  /// `array`: the text of an array of numbers. Anything else shows as a token that is no number.
  explicit NumberTokens(std::string_view array);
  /// The next token without surrounding white space; nothing at the end.
  std::optional<std::string_view> Next();

 private:
  std::string_view rest_;
  bool more_ = true;
};

}  // namespace reembed
