#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/secret.h"

namespace reembed {

using Json = nlohmann::ordered_json;

/// The strings of a JSON document that is shown: every one is made here, so none escapes the
/// redaction. A base for what builds a document.
class JsonStrings {
 public:
  /// `redact` outlives it.
  explicit JsonStrings(const Redactor& redact) : redact_(redact) {}

 protected:
  std::string Key(std::string_view text) const { return redact_(text); }
  Json Text(std::string_view text) const;
  Json TextOrNull(std::string_view text) const;  ///< null when empty
  Json Texts(const std::vector<std::string>& texts) const;

 private:
  const Redactor& redact_;
};

/// Finite, and with no more digits than mean something: `steps` of 1,000 are three decimals.
double Rounded(double value, double steps = 1000);

/// The document as text: indented, ASCII only, a newline at the end. Bytes that are no UTF-8 become
/// U+FFFD.
std::string Dumped(const Json& json);

}  // namespace reembed
