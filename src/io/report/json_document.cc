#include "json_document.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace reembed {

Json JsonStrings::Text(std::string_view text) const {
  return redact_(text);
}

Json JsonStrings::TextOrNull(std::string_view text) const {
  return text.empty() ? Json(nullptr) : Text(text);
}

Json JsonStrings::Texts(const std::vector<std::string>& texts) const {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(Text(text));
  return list;
}

double Rounded(double value, double steps) {
  return std::isfinite(value) ? std::round(value * steps) / steps : 0.0;
}

std::string Dumped(const Json& json) {
  constexpr int kIndent = 2;
  constexpr bool kAsciiOnly = true;
  return json.dump(kIndent, ' ', kAsciiOnly, Json::error_handler_t::replace) + "\n";
}

}  // namespace reembed
