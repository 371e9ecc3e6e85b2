#include "reembed/core/stored_field.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <xxhash.h>

#include <cctype>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "json_number.h"
#include "number_array.h"
#include "reembed/base/text.h"
#include "reembed/core/plain_object.h"

namespace reembed {
namespace {

namespace json = simdjson::ondemand;

Error NotJson(std::string_view why) {
  return Error{.message = fmt::format("the document cannot be read as JSON: {}", why)};
}

// A plain cast is undefined beyond the range of float32; the server makes these infinite too.
float ToFloat(double number) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  if (std::fabs(number) <= kLargest) return static_cast<float>(number);
  // Up to half a step above the largest float32 the nearest one is the largest.
  constexpr double kHalfStep = 0x1p103;
  const float size = std::fabs(number) < kLargest + kHalfStep
                         ? std::numeric_limits<float>::max()
                         : std::numeric_limits<float>::infinity();
  return number < 0 ? -size : size;
}

// What simdjson does not read as a double: integers of many digits, numbers beyond a double.
std::optional<double> RareNumber(std::string_view token) {
  const bool number = token.starts_with('-') || std::isdigit(static_cast<unsigned char>(token[0]));
  if (!number) return std::nullopt;
  const auto parsed = ParseJsonNumber(token);
  if (!parsed) throw simdjson::simdjson_error(simdjson::NUMBER_ERROR);
  return parsed;
}

// False when an element is no number.
bool ReadNumbers(json::array array, Embedding& out) {
  // Of more digits, `0.` in front, simdjson 3.0 makes another number: they overflow its 64 bits.
  constexpr std::size_t kMostDigits = 19;
  for (json::value element : array) {
    const std::string_view token = TrimmedEnd(element.raw_json_token());
    double number = 0;
    if (token.size() > kMostDigits || element.get_double().get(number) != simdjson::SUCCESS) {
      const auto rare = RareNumber(token);
      if (!rare) return false;
      number = *rare;
    }
    out.push_back(ToFloat(number));
  }
  return true;
}

void ReadValue(json::value value, StoredField& out) {
  out.levels_there = 0;
  switch (value.type()) {
    case json::json_type::array: {
      json::array array = value.get_array();
      out.kind = FieldKind::kOther;
      out.json = TrimmedEnd(array.raw_json());
      return;
    }
    case json::json_type::object: {
      json::object object = value.get_object();
      out.kind = FieldKind::kOther;
      out.json = TrimmedEnd(object.raw_json());
      return;
    }
    default:
      out.json = TrimmedEnd(value.raw_json_token());
      out.kind = out.json == "null" ? FieldKind::kNull : FieldKind::kOther;
  }
}

// Walks to the end of each object even when the field is found, so that a cut document is noticed.
void ReadLevel(json::object object, std::string_view path, bool nested, StoredField& out) {
  const auto dot = nested ? path.find('.') : std::string_view::npos;
  const std::string_view key = path.substr(0, dot);
  bool found = false;
  for (json::field entry : object) {
    if (found || std::string_view(entry.unescaped_key()) != key) continue;
    found = true;
    json::value value = entry.value();
    if (dot == std::string_view::npos) {
      ReadValue(value, out);
    } else if (value.type() == json::json_type::object) {
      ++out.levels_there;
      ReadLevel(value.get_object(), path.substr(dot + 1), nested, out);
    }
  }
}

// simdjson skips over what it is not asked for; what is to be given back must be sound. The other
// reader takes a NUL for the end.
bool IsJson(const std::string& text) {
  return text.find('\0') == std::string::npos && nlohmann::json::accept(text);
}

// For what ReadNumberArray has no last word about. False: no array of numbers, but JSON.
Result<bool> ReadOddArray(const std::string& text, Embedding& out) {
  out.clear();
  try {
    const simdjson::padded_string padded(text);
    json::parser parser;
    json::document root = parser.iterate(padded);
    if (text.front() == '[' && ReadNumbers(root.get_array(), out)) return true;
  } catch (const simdjson::simdjson_error& error) {
    return NotJson(error.what());
  }
  out.clear();
  if (IsJson(text)) return false;
  return NotJson("the field's value is no JSON");
}

void Clear(StoredField& field) {
  field.kind = FieldKind::kAbsent;
  field.json.clear();
  field.vector.clear();
  field.is_shortest.reset();
  field.levels_there = 0;
}

// A value that may be a vector, or null; false for any other.
bool TakePlainValue(std::string_view value, StoredField& out) {
  const bool is_null = value == "null";
  if (!is_null && !value.starts_with('[')) return false;
  out.kind = is_null ? FieldKind::kNull : FieldKind::kOther;
  out.levels_there = 0;
  out.json = value;
  return true;
}

// The same as ReadLevel for what is plain; false when it takes a whole parser.
bool ReadPlainLevel(std::string_view text, std::string_view path, bool nested, StoredField& out) {
  const auto dot = nested ? path.find('.') : std::string_view::npos;
  const std::string_view key = path.substr(0, dot);
  PlainObject object(text);
  bool found = false;
  for (;;) {
    const PlainObject::Step step = object.Next();
    if (step != PlainObject::Step::kMember) {
      return step == PlainObject::Step::kEnd && object.AtEnd();
    }
    if (found || object.key() != key) continue;
    found = true;
    const std::string_view value = object.value();
    if (dot == std::string_view::npos) {
      if (!TakePlainValue(value, out)) return false;
    } else if (value.front() == '{') {
      ++out.levels_there;
      if (!ReadPlainLevel(value, path.substr(dot + 1), nested, out)) return false;
    }
  }
}

}  // namespace

VectorHash HashVector(std::span<const float> vector) {
  const XXH128_hash_t hash = XXH3_128bits(vector.data(), vector.size_bytes());
  return {hash.high64, hash.low64};
}

TextHash HashSpelling(const StoredField& field) {
  return HashText(field.json);
}

Status FindStoredField(std::string_view document, std::string_view field, bool nested,
                       StoredField& out) {
  Clear(out);
  if (ReadPlainLevel(document, field, nested, out) &&
      simdjson::validate_utf8(document.data(), document.size())) {
    return {};
  }
  Clear(out);
  try {
    const simdjson::padded_string padded(document);
    json::parser parser;
    json::document root = parser.iterate(padded);
    ReadLevel(root.get_object(), field, nested, out);
  } catch (const simdjson::simdjson_error& error) {
    Clear(out);
    return NotJson(error.what());
  }
  return {};
}

Status ReadVector(StoredField& field) {
  if (field.kind != FieldKind::kOther) return {};
  bool is_shortest = false;
  bool is_vector = ReadNumberArray(field.json, field.vector, is_shortest);
  if (is_vector) {
    field.is_shortest = is_shortest;
  } else if (const auto read = ReadOddArray(field.json, field.vector); read.ok()) {
    is_vector = *read;
  } else {
    return read.error();
  }
  if (is_vector) field.kind = FieldKind::kVector;
  return {};
}

Status ReadStoredField(std::string_view document, std::string_view field, bool nested,
                       StoredField& out) {
  Status read = FindStoredField(document, field, nested, out);
  if (read.ok()) read = ReadVector(out);
  if (!read.ok()) Clear(out);
  return read;
}

}  // namespace reembed
