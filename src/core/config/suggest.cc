#include "suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reembed/base/text.h"
#include "secrets_in_file.h"

namespace reembed {
namespace {

constexpr std::size_t kLongestName = 60;

// A name of which only the beginning was written is as near as one with a wrong letter.
std::size_t Distance(const std::string& given, const std::string& known) {
  if (given.size() > 2 && known.starts_with(given)) return 1;
  return EditDistance(given, known);
}

}  // namespace

std::string DidYouMean(std::string_view given, const std::vector<std::string>& known) {
  // The distance costs the product of both lengths, and no known name is that long.
  if (given.size() > kLongestName) return {};
  const std::string* nearest = nullptr;
  // Two letters swapped count as two changes, so short words need room for that.
  std::size_t best = given.size() < 4 ? 2 : std::max<std::size_t>(2, given.size() / 3) + 1;
  for (const std::string& name : known) {
    const std::size_t distance = Distance(Lower(given), Lower(name));
    if (distance >= best) continue;
    best = distance;
    nearest = &name;
  }
  return nearest == nullptr ? std::string() : fmt::format("; did you mean \"{}\"?", *nearest);
}

std::string Quoted(std::string_view text) {
  if (LooksLikeSecret(text)) return "***";
  const std::string_view shown = Utf8Prefix(text, kLongestName);
  return fmt::format("\"{}{}\"", EscapeControl(shown), shown.size() < text.size() ? "…" : "");
}

std::string Listed(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

}  // namespace reembed
