#include "section_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reembed/base/text.h"
#include "suggest.h"

namespace reembed {
namespace {

std::string Found(const JsonValue& value) {
  switch (value.type) {
    case JsonValue::Type::kNull:
      return "null";
    case JsonValue::Type::kBool:
      return value.boolean ? "true" : "false";
    case JsonValue::Type::kNumber:
      return fmt::format("the number {}", value.number);
    case JsonValue::Type::kString:
      return value.text.empty() ? "an empty string" : "a string";
    case JsonValue::Type::kArray:
      return value.children.empty() ? "an empty array" : "an array";
    case JsonValue::Type::kObject:
      return "an object";
  }
  return "something unknown";
}

std::string Described(const NumberRange& range) {
  return fmt::format("{} from {} to {}", range.integer ? "an integer" : "a number", range.min,
                     range.max);
}

bool Within(double number, const NumberRange& range) {
  const bool whole = !range.integer || std::floor(number) == number;
  return whole && number >= range.min && number <= range.max;
}

}  // namespace

SectionReader::SectionReader(const std::string& file, const JsonValue& section,
                             std::vector<std::string>& problems)
    : file_(file), section_(section), problems_(problems) {
  if (section.type == JsonValue::Type::kObject || section.refused) return;
  Report(section, fmt::format("expected an object, found {}", Found(section)));
}

void SectionReader::AllowOnly(const std::vector<std::string>& allowed) const {
  if (section_.type != JsonValue::Type::kObject) return;
  for (const JsonValue& child : section_.children) {
    if (child.refused) continue;
    if (std::find(allowed.begin(), allowed.end(), child.key) != allowed.end()) continue;
    const std::string hint = DidYouMean(child.key, allowed);
    Report(child,
           fmt::format("unknown key{} allowed: {}", hint.empty() ? ";" : hint, Listed(allowed)));
  }
}

const JsonValue* SectionReader::Value(std::string_view key) const {
  const JsonValue* value = section_.Find(key);
  return value == nullptr || value->refused ? nullptr : value;
}

const JsonValue* SectionReader::Typed(std::string_view key, JsonValue::Type type,
                                      std::string_view what) const {
  const JsonValue* value = Value(key);
  if (value == nullptr || value->type == type) return value;
  Report(*value, fmt::format("expected {}, found {}", what, Found(*value)));
  return nullptr;
}

std::optional<std::string> SectionReader::NameAt(const JsonValue& value) const {
  if (value.refused) return std::nullopt;
  if (value.type != JsonValue::Type::kString || IsBlank(value.text)) {
    Report(value, fmt::format("expected a non-empty string, found {}", Found(value)));
    return std::nullopt;
  }
  if (EscapeControl(value.text) != value.text) {
    Report(value, "the string holds control characters");
    return std::nullopt;
  }
  return value.text;
}

std::optional<std::string> SectionReader::Text(std::string_view key, TextKind kind) const {
  if (kind == TextKind::kName) {
    const JsonValue* name = Value(key);
    return name == nullptr ? std::nullopt : NameAt(*name);
  }
  const JsonValue* value = Typed(key, JsonValue::Type::kString, "a string");
  return value == nullptr ? std::nullopt : std::optional(value->text);
}

std::optional<double> SectionReader::Number(std::string_view key, const NumberRange& range) const {
  const JsonValue* value = Typed(key, JsonValue::Type::kNumber, Described(range));
  if (value == nullptr) return std::nullopt;
  if (Within(value->number, range)) return value->number;
  Report(*value, fmt::format("expected {}, found {}", Described(range), value->number));
  return std::nullopt;
}

std::optional<bool> SectionReader::Flag(std::string_view key) const {
  const JsonValue* value = Typed(key, JsonValue::Type::kBool, "true or false");
  return value == nullptr ? std::nullopt : std::optional(value->boolean);
}

std::optional<std::vector<std::string>> SectionReader::Names(std::string_view key) const {
  const JsonValue* value =
      Typed(key, JsonValue::Type::kArray, "a non-empty array of non-empty strings");
  if (value == nullptr) return std::nullopt;
  if (value->children.empty()) {
    Report(*value, "expected a non-empty array of non-empty strings, found an empty array");
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (const JsonValue& item : value->children) {
    std::optional<std::string> name = NameAt(item);
    if (!name) continue;
    if (std::find(names.begin(), names.end(), *name) != names.end()) {
      Report(item, fmt::format("{} stands in the array already", Quoted(*name)));
    }
    names.push_back(std::move(*name));
  }
  return names;
}

std::optional<std::string> SectionReader::Word(std::string_view key,
                                               const std::vector<std::string>& words) const {
  const JsonValue* value =
      Typed(key, JsonValue::Type::kString, fmt::format("one of {}", Listed(words)));
  if (value == nullptr) return std::nullopt;
  if (std::find(words.begin(), words.end(), value->text) != words.end()) return value->text;
  const std::string hint = DidYouMean(value->text, words);
  Report(*value, fmt::format("found {}{} allowed: {}", Quoted(value->text),
                             hint.empty() ? ";" : hint, Listed(words)));
  return std::nullopt;
}

void SectionReader::Report(std::string_view what) const {
  Report(section_, what);
}

void SectionReader::Report(std::string_view key, std::string_view what) const {
  const JsonValue* value = section_.Find(key);
  Report(value == nullptr ? section_ : *value, what);
}

void SectionReader::Report(const JsonValue& at, std::string_view what) const {
  problems_.push_back(
      fmt::format("{}: {}: {}", file_, at.pointer.empty() ? "top level" : at.pointer, what));
}

}  // namespace reembed
