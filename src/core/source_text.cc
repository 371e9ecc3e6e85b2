#include "reembed/core/source_text.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <map>
#include <optional>
#include <utility>

#include "reembed/base/text.h"
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

std::string_view TrimmedToken(std::string_view token) {
  return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

Result<FieldText> ValueText(std::string_view field, json::value value, std::string_view separator) {
  switch (value.type()) {
    case json::json_type::string:
      return UnlessBlank(std::string(std::string_view(value.get_string())));
    case json::json_type::number:
    case json::json_type::boolean:
      return FieldText(std::string(TrimmedToken(value.raw_json_token())));
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

Result<std::string> FillTemplate(const TextRule& rule, FieldReader& reader) {
  std::map<std::string, FieldText, std::less<>> values;
  bool any = false;
  for (const std::string& field : rule.fields) {
    auto value = reader.Read(field);
    if (!value.ok()) return value.error();
    any = any || value->has_value();
    values.emplace(field, std::move(*value));
  }
  std::string text;
  if (!any) return text;
  const auto append = [&](std::string_view part) { text += part; };
  const Status filled = WalkTemplate(*rule.text_template, append, [&](std::string_view name) {
    const auto found = values.find(name);
    if (found != values.end()) text += found->second.value_or("");
  });
  if (!filled.ok()) return filled.error();
  return text;
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

}  // namespace

Result<std::string> ComposeSourceText(const TextRule& rule, std::string_view document) {
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
  if (!text.ok() || text->empty()) return text;
  return config.prefix + *text;
}

}  // namespace reembed
