#include "reembed/core/source_text.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "reembed/base/text.h"
#include "reembed/core/plain_object.h"
#include "template_text.h"

namespace reembed {
namespace {

namespace json = simdjson::ondemand;

// A value as text; nothing when it is missing, null or blank.
using FieldText = std::optional<std::string>;

Error WrongType(std::string_view field, std::string_view found) {
  return Error{
      .kind = ErrorKind::kBadText,
      .message = fmt::format("field `{}` is {}; only strings, numbers, booleans and arrays "
                             "of strings can be embedded",
                             field, found)};
}

FieldText UnlessBlank(std::string text) {
  if (IsBlank(text)) return std::nullopt;
  return text;
}

Result<FieldText> ArrayText(std::string_view field, json::array array, std::string_view separator) {
  std::string joined;
  for (json::value element : array) {
    if (element.type() != json::json_type::string)
      return WrongType(field, "an array of other things");
    const std::string text(std::string_view(element.get_string()));
    if (IsBlank(text)) continue;
    if (!joined.empty()) joined += separator;
    joined += text;
  }
  return UnlessBlank(std::move(joined));
}

Result<FieldText> ValueText(std::string_view field, json::value value, std::string_view separator) {
  switch (value.type()) {
    case json::json_type::string:
      return UnlessBlank(std::string(std::string_view(value.get_string())));
    case json::json_type::number:
    case json::json_type::boolean:
      return FieldText(std::string(TrimmedEnd(value.raw_json_token())));
    case json::json_type::null:
      return FieldText();
    case json::json_type::array:
      return ArrayText(field, value.get_array(), separator);
    case json::json_type::object:
      return WrongType(field, "an object");
  }
  return FieldText();
}

// Looks a name up as a literal key first, then level by level at its dots.
Result<FieldText> Lookup(json::object object, std::string_view path, std::string_view field,
                         std::string_view separator) {
  const auto dot = path.find('.');
  for (json::field entry : object) {
    const std::string_view key = entry.unescaped_key();
    if (key == path) return ValueText(field, entry.value(), separator);
  }
  if (dot == std::string_view::npos) return FieldText();
  object.reset();
  for (json::field entry : object) {
    const std::string_view key = entry.unescaped_key();
    if (key != path.substr(0, dot)) continue;
    json::value value = entry.value();
    if (value.type() != json::json_type::object) break;
    return Lookup(value.get_object(), path.substr(dot + 1), field, separator);
  }
  return FieldText();
}

class FieldReader {
 public:
  FieldReader(std::string_view document, std::string_view separator)
      : padded_(document), separator_(separator) {}

  Result<FieldText> Read(const std::string& field) {
    json::document document = parser_.iterate(padded_);
    return Lookup(document.get_object(), field, field, separator_);
  }

 private:
  simdjson::padded_string padded_;
  std::string_view separator_;
  json::parser parser_;
};

using Values = std::map<std::string_view, FieldText>;

Result<std::string> FillTemplate(const TextRule& rule, const Values& values) {
  std::string text;
  const auto there = [](const auto& value) { return value.second.has_value(); };
  if (std::none_of(values.begin(), values.end(), there)) return text;
  const auto append = [&](std::string_view part) { text += part; };
  const Status filled = WalkTemplate(*rule.text_template, append, [&](std::string_view name) {
    const auto found = values.find(name);
    if (found != values.end()) text += found->second.value_or("");
  });
  if (!filled.ok()) return filled.error();
  return text;
}

Result<std::string> FillTemplate(const TextRule& rule, FieldReader& reader) {
  Values values;
  for (const std::string& field : rule.fields) {
    auto value = reader.Read(field);
    if (!value.ok()) return value.error();
    values.emplace(field, std::move(*value));
  }
  return FillTemplate(rule, values);
}

Result<std::string> JoinFields(const TextRule& rule, FieldReader& reader) {
  std::string text;
  for (const std::string& field : rule.fields) {
    auto value = reader.Read(field);
    if (!value.ok()) return value.error();
    if (!value->has_value()) continue;
    if (!text.empty()) text += rule.separator;
    text += **value;
  }
  return text;
}

// The texts of the rule's fields in a document, in the order of the rule; empty when missing.
// False when it takes a whole parser to tell.
bool FindPlain(const TextRule& rule, std::string_view document,
               std::vector<std::string_view>& values) {
  values.assign(rule.fields.size(), {});
  std::size_t open = values.size();
  for (PlainObject object(document); open > 0;) {
    const PlainObject::Step step = object.Next();
    if (step == PlainObject::Step::kOdd) return false;
    if (step == PlainObject::Step::kEnd) break;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!values[i].empty() || rule.fields[i] != object.key()) continue;
      values[i] = object.value();
      --open;
    }
  }
  // A dotted name may still lead to a nested field.
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].empty() && rule.fields[i].find('.') != std::string::npos) return false;
  }
  return simdjson::validate_utf8(document.data(), document.size());
}

bool IsPlainNumber(std::string_view value) {
  return value.find_first_not_of("+-.0123456789eE") == std::string_view::npos &&
         (value.front() == '-' || (value.front() >= '0' && value.front() <= '9'));
}

// Appends the text of a value, which is not empty; none when it is null. False when it takes a
// whole parser.
bool AppendPlain(std::string& text, std::string_view value) {
  if (value.front() == '"') return AppendUnescaped(text, value);
  if (value == "null") return true;
  if (value != "true" && value != "false" && !IsPlainNumber(value)) return false;
  text += value;
  return true;
}

// What JoinFields makes of a document that is plain, which most are.
bool JoinPlain(const TextRule& rule, const std::vector<std::string_view>& values,
               std::string& text) {
  for (const std::string_view value : values) {
    if (value.empty()) continue;
    const std::size_t before = text.size();
    if (before > 0) text += rule.separator;
    const std::size_t begin = text.size();
    if (!AppendPlain(text, value)) return false;
    if (IsBlank(std::string_view{text}.substr(begin))) text.resize(before);
  }
  return true;
}

bool FillPlain(const TextRule& rule, const std::vector<std::string_view>& found, Values& values) {
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::string text;
    if (!found[i].empty() && !AppendPlain(text, found[i])) return false;
    values.emplace(rule.fields[i], UnlessBlank(std::move(text)));
  }
  return true;
}

// Nothing when it takes a whole parser.
std::optional<Result<std::string>> ComposePlain(const TextRule& rule, std::string_view document) {
  std::vector<std::string_view> found;
  if (!FindPlain(rule, document, found)) return std::nullopt;
  if (rule.text_template) {
    Values values;
    if (!FillPlain(rule, found, values)) return std::nullopt;
    return FillTemplate(rule, values);
  }
  std::size_t bytes = 0;
  for (const std::string_view value : found) bytes += value.size() + rule.separator.size();
  std::string text;
  text.reserve(bytes);
  if (!JoinPlain(rule, found, text)) return std::nullopt;
  return Result<std::string>(std::move(text));
}

}  // namespace

Result<std::string> ComposeSourceText(const TextRule& rule, std::string_view document) {
  if (auto plain = ComposePlain(rule, document)) return *std::move(plain);
  try {
    FieldReader reader(document, rule.separator);
    return rule.text_template ? FillTemplate(rule, reader) : JoinFields(rule, reader);
  } catch (const simdjson::simdjson_error& error) {
    return Error{.kind = ErrorKind::kBadText,
                 .message = fmt::format("the document cannot be read as JSON: {}", error.what())};
  }
}

Result<std::string> ComposeSentText(const CollectionConfig& config, std::string_view document) {
  auto text = ComposeSourceText(config.text, document);
  if (!text.ok() || text->empty() || config.prefix.empty()) return text;
  return config.prefix + *text;
}

}  // namespace reembed
