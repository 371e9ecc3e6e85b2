#include "tests/sandbox/typesense_validate.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_coerce.h"
#include "tests/sandbox/typesense_merge.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;
using Problem = std::optional<FieldError>;

Problem Other(const Field& field, const std::string& text) {
  return FieldError{FieldError::Kind::kOther, field.name, "", text};
}

Problem WrongType(const Field& field, const std::string& phrase) {
  return FieldError{FieldError::Kind::kType, field.name, phrase,
                    "Field `" + field.name + "` must be " + phrase + "."};
}

Problem WrongLength(const Field& field) {
  return Other(field, "Field `" + field.name + "` must have " + std::to_string(field.num_dim) +
                          " dimensions.");
}

Problem Missing(const Field& field) {
  return FieldError{FieldError::Kind::kMissing, field.name, "",
                    "Field `" + field.name +
                        "` has been declared in the schema, but is not found in the document."};
}

bool MayDrop(const Field& field, DirtyValues dirty) {
  return field.optional && (dirty == DirtyValues::kDrop || dirty == DirtyValues::kCoerceOrDrop);
}

bool MayCoerce(DirtyValues dirty) {
  return dirty == DirtyValues::kCoerceOrReject || dirty == DirtyValues::kCoerceOrDrop;
}

// What to do with a value that was looked at.
struct Verdict {
  bool drop = false;
  Problem problem;
};

bool IsGood(json& value, const std::string& type, DirtyValues dirty) {
  return HasType(value, type) || (MayCoerce(dirty) && Coerce(value, type));
}

Verdict CheckElements(const Field& field, json& array, DirtyValues dirty) {
  const std::string type = field.ElementType();
  auto& elements = array.get_ref<json::array_t&>();
  for (auto it = elements.begin(); it != elements.end();) {
    if (IsGood(*it, type, dirty)) {
      ++it;
    } else if (MayDrop(field, dirty)) {
      it = elements.erase(it);
    } else {
      return {false, WrongType(field, TypePhrase(type, true))};
    }
  }
  if (field.IsVector() && elements.size() != static_cast<std::size_t>(field.num_dim)) {
    return {false, Other(field, "Vector size mismatch.")};
  }
  return {};
}

Verdict CheckArray(const Field& field, json& value, DirtyValues dirty) {
  if (!value.is_array()) {
    if (MayDrop(field, dirty)) return {true, std::nullopt};
    return {false, WrongType(field, "an array")};
  }
  if (field.IsVector() && value.size() != static_cast<std::size_t>(field.num_dim)) {
    return {false, WrongLength(field)};
  }
  return CheckElements(field, value, dirty);
}

Verdict CheckValue(const Field& field, json& value, DirtyValues dirty) {
  if (field.IsArray()) return CheckArray(field, value, dirty);
  if (IsGood(value, field.type, dirty)) return {};
  if (MayDrop(field, dirty)) return {true, std::nullopt};
  return {false, WrongType(field, TypePhrase(field.type, false))};
}

Problem CheckNull(const Field& field) {
  if (field.IsVector()) return WrongLength(field);
  return WrongType(field, field.IsArray() ? "an array" : TypePhrase(field.type, false));
}

// Values spread over the elements of an object[] count as one array.
Problem CheckSpread(const Field& field, const std::vector<json*>& values) {
  json all = json::array();
  for (const json* value : values) {
    if (value->is_array()) {
      all.insert(all.end(), value->begin(), value->end());
    } else {
      all.push_back(*value);
    }
  }
  return field.IsArray() ? CheckValue(field, all, DirtyValues::kReject).problem : std::nullopt;
}

std::vector<json*> ValuesOf(const Schema& schema, const Field& field, Document& document) {
  if (schema.nested) return ValuesAt(document.keys(), field.name);
  const auto found = document.keys().find(field.name);
  if (found == document.keys().end()) return {};
  return {&*found};
}

Problem CheckMoved(const Field& field, const SharedFloats& moved) {
  const bool wrong = field.IsVector() && moved->size() != static_cast<std::size_t>(field.num_dim);
  return wrong ? WrongLength(field) : std::nullopt;
}

Problem CheckSingle(const Field& field, json& value, Document& document, bool partial,
                    DirtyValues dirty) {
  if (value.is_null()) {
    if (!field.optional) return CheckNull(field);
    // In an update the null is what removes the stored value.
    if (!partial) ErasePath(document.keys(), field.name);
    return std::nullopt;
  }
  if (!field.index && !field.IsVector()) return std::nullopt;
  Verdict verdict = CheckValue(field, value, dirty);
  if (verdict.drop) ErasePath(document.keys(), field.name);
  return verdict.problem;
}

Problem CheckField(const Schema& schema, const Field& field, Document& document, bool partial,
                   DirtyValues dirty) {
  if (field.type == "float[]") {
    if (const SharedFloats moved = document.Moved(field.name)) return CheckMoved(field, moved);
  }
  document.PutBack(field.name);
  const std::vector<json*> values = ValuesOf(schema, field, document);
  if (values.empty()) {
    const bool required = !partial && !field.optional && field.index;
    return required ? Missing(field) : std::nullopt;
  }
  if (values.size() > 1) return CheckSpread(field, values);
  return CheckSingle(field, *values.front(), document, partial, dirty);
}

bool IsPattern(const Field& field) {
  return field.name.find(".*") != std::string::npos || field.type == "auto";
}

}  // namespace

DirtyValues ParseDirtyValues(const std::string& text, const Schema& schema) {
  if (text == "reject") return DirtyValues::kReject;
  if (text == "drop") return DirtyValues::kDrop;
  if (text == "coerce_or_reject") return DirtyValues::kCoerceOrReject;
  if (text == "coerce_or_drop") return DirtyValues::kCoerceOrDrop;
  return schema.HasPattern() ? DirtyValues::kCoerceOrReject : DirtyValues::kReject;
}

Problem ValidateDocument(const Schema& schema, Document& document, bool partial,
                         DirtyValues dirty) {
  for (const Field& field : schema.fields) {
    if (IsPattern(field)) continue;
    if (Problem problem = CheckField(schema, field, document, partial, dirty)) return problem;
  }
  return std::nullopt;
}

}  // namespace reembed::sandbox
