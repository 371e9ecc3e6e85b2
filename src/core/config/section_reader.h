#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json_text.h"

namespace reembed {

/// The numbers that a key takes, both ends included.
struct NumberRange {
  double min = 0;
  double max = 0;
  bool integer = true;
};

/// Which strings a key takes.
enum class TextKind : std::uint8_t {
  kAny,   ///< also an empty one
  kName,  ///< not blank, no control characters
};

/// Reads one object of a JSON file strictly. A getter returns nothing when the key is absent; when
/// the value is wrong it reports a problem and returns nothing too. Problems name the file, the
/// pointer, what was found (strings only where a fixed word is expected) and what is allowed.
class SectionReader {
 public:
  /// `section` may be of any type; anything but an object is reported and read as empty.
  SectionReader(const std::string& file, const JsonValue& section,
                std::vector<std::string>& problems);

  /// Reports every key that is not in `allowed`, with the nearest one that is.
  void AllowOnly(const std::vector<std::string>& allowed) const;

  std::optional<std::string> Text(std::string_view key, TextKind kind) const;
  std::optional<double> Number(std::string_view key, const NumberRange& range) const;
  std::optional<bool> Flag(std::string_view key) const;
  /// A non-empty array of names, each once.
  std::optional<std::vector<std::string>> Names(std::string_view key) const;
  /// One of `words`.
  std::optional<std::string> Word(std::string_view key,
                                  const std::vector<std::string>& words) const;
  /// One of the words of a table, as the value that belongs to it.
  template <typename Value, std::size_t kSize>
  std::optional<Value> Choice(
      std::string_view key,
      const std::array<std::pair<std::string_view, Value>, kSize>& table) const {
    std::vector<std::string> words;
    words.reserve(kSize);
    for (const auto& entry : table) words.emplace_back(entry.first);
    const std::optional<std::string> word = Word(key, words);
    for (const auto& [name, value] : table) {
      if (word == name) return value;
    }
    return std::nullopt;
  }

  /// True when the key stands there, whatever its value.
  bool Has(std::string_view key) const { return section_.Find(key) != nullptr; }
  /// The value, null when it is absent or was refused as a secret.
  const JsonValue* Value(std::string_view key) const;
  /// Reports a problem with the section itself, with one of its keys, or with a value inside.
  void Report(std::string_view what) const;
  void Report(std::string_view key, std::string_view what) const;
  void Report(const JsonValue& at, std::string_view what) const;

 private:
  const JsonValue* Typed(std::string_view key, JsonValue::Type type, std::string_view what) const;
  std::optional<std::string> NameAt(const JsonValue& value) const;

  const std::string& file_;
  const JsonValue& section_;
  std::vector<std::string>& problems_;
};

/// Puts what was read over what is there already.
template <typename Read, typename Target>
void Store(std::optional<Read> read, Target& target) {
  if (read) target = static_cast<Target>(std::move(*read));
}

}  // namespace reembed
