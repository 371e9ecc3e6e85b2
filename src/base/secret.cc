#include "reembed/base/secret.h"

#include <algorithm>

#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr std::size_t kShortestNeedle = 4;

// The key as it stands inside a JSON string: only quotes and backslashes differ, other characters
// that JSON escapes cannot be sent in a header.
std::string JsonEscaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

Redactor::Redactor(const std::vector<Secret>& secrets) {
  for (const Secret& secret : secrets) {
    const std::string& raw = secret.Reveal();
    if (raw.size() < kShortestNeedle) continue;
    for (const std::string& form : {raw, PercentEncode(raw), JsonEscaped(raw)}) {
      if (std::find(needles_.begin(), needles_.end(), form) == needles_.end()) {
        needles_.push_back(form);
      }
    }
  }
  std::stable_sort(needles_.begin(), needles_.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string Redactor::operator()(std::string_view text) const {
  std::string out(text);
  for (const std::string& needle : needles_) {
    for (auto at = out.find(needle); at != std::string::npos; at = out.find(needle, at + 3)) {
      out.replace(at, needle.size(), "***");
    }
  }
  return out;
}

}  // namespace reembed
