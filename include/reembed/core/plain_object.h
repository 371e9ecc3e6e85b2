#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reembed {

/// Goes through the members of a JSON object without building anything, 16 bytes at a time: the
/// quick way beside a whole parser, for lines of 20 KB of which few bytes are of interest.
///
/// Plain is an object whose keys have no escapes and whose members stand as the grammar wants them.
/// What is not plain is kOdd: that says nothing against it, a whole parser has the last word. Of
/// values only strings are checked (for control characters); of arrays and objects only where they
/// end. UTF-8 is not checked. Reads no byte outside `text`, which outlives it. Pure.
class PlainObject {
 public:
  enum class Step : std::uint8_t { kMember, kEnd, kOdd };

  explicit PlainObject(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  /// To the next member; after kEnd and kOdd not again.
  Step Next();

  /// Of the member: what stands between the key's quotes, and the value's text without blanks
  /// around it.
  std::string_view key() const { return key_; }
  std::string_view value() const { return value_; }

  /// After kEnd: nothing but blanks stands behind the closing brace.
  bool AtEnd() const;

 private:
  Step Member();

  const char* at_;
  const char* end_;
  bool begun_ = false;
  std::string_view key_;
  std::string_view value_;
};

/// Appends what a JSON string means; `token` with its quotes. False when that takes a whole parser:
/// an escape that does not exist, or a surrogate (`\ud83d`). Then `out` has got a part.
bool AppendUnescaped(std::string& out, std::string_view token);

}  // namespace reembed
