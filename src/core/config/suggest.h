#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reembed {

/// `; did you mean "x"?` for the nearest of `known`, letter case aside, or nothing when none is
/// near: a third of the letters may differ, in short words two.
std::string DidYouMean(std::string_view given, const std::vector<std::string>& known);

/// The text in double quotes, fit for a message: control characters escaped, cut at 60 bytes; `***`
/// for what looks like a secret.
std::string Quoted(std::string_view text);

/// `a, b, c`.
std::string Listed(const std::vector<std::string>& names);

/// `text` in lower case (ASCII).
std::string Lower(std::string_view text);

}  // namespace reembed
