#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reembed {

/// A key or password. It prints as `***`; only the code that puts it into a request header may
/// call Reveal().
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  bool empty() const { return value_.empty(); }
  const std::string& Reveal() const { return value_; }

  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "***"; }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string value_;
};

/// Removes known secrets from text that a server sent or that is about to be shown.
/// A value: copy it to whoever needs it. Secrets shorter than 4 characters are not searched for,
/// they would blank out ordinary text.
class Redactor {
 public:
  Redactor() = default;
  explicit Redactor(const std::vector<Secret>& secrets);

  /// `text` with every occurrence of a secret replaced by `***`: as it is, percent-encoded, or
  /// escaped as in a JSON string.
  std::string operator()(std::string_view text) const;

 private:
  std::vector<std::string> needles_;  // longest first, so that a secret inside another goes too
};

}  // namespace reembed
