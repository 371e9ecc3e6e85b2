#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_schema.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

constexpr const char* kWrongFormat =
    "Wrong format for `fields`. It should be an array of objects containing `name`, `type`, "
    "`optional` and `facet` properties.";

std::string StringOf(const json& object, const char* key, const std::string& fallback = "") {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>()
                                                         : fallback;
}

bool BoolOf(const json& object, const char* key, bool fallback) {
  return object.contains(key) && object[key].is_boolean() ? object[key].get<bool>() : fallback;
}

bool IsSortedByDefault(const std::string& type) {
  return type == "int32" || type == "int64" || type == "float" || type == "bool" ||
         type == "geopoint";
}

Field ReadFlags(const json& object) {
  Field field;
  field.name = object["name"];
  field.type = object["type"];
  const bool pattern = field.name.find(".*") != std::string::npos;
  field.facet = BoolOf(object, "facet", false);
  field.optional = BoolOf(object, "optional", pattern);
  field.index = BoolOf(object, "index", true);
  field.sort = BoolOf(object, "sort", IsSortedByDefault(field.type));
  field.infix = BoolOf(object, "infix", false);
  field.stem = BoolOf(object, "stem", false);
  field.store = BoolOf(object, "store", true);
  field.range_index = BoolOf(object, "range_index", false);
  field.locale = StringOf(object, "locale");
  field.stem_dictionary = StringOf(object, "stem_dictionary");
  field.reference = StringOf(object, "reference");
  if (object.contains("embed") && object["embed"].is_object()) field.embed = object["embed"].dump();
  return field;
}

// A positive integer of `hnsw_params`.
std::optional<ApiError> ReadHnsw(const json& params, const char* key, int& value) {
  if (!params.contains(key)) return std::nullopt;
  if (params[key].is_number_integer() && params[key].get<std::int64_t>() > 0) {
    value = params[key];
    return std::nullopt;
  }
  return ApiError{400,
                  std::string("Property `hnsw_params.") + key + "` must be a positive integer."};
}

std::optional<ApiError> ReadVectorProperties(const json& object, Field& field) {
  if (object.contains("num_dim")) {
    if (field.type != "float[]" && object["num_dim"] != 0) {
      return ApiError{400, "Property `num_dim` is only allowed on a float array field."};
    }
    if (!object["num_dim"].is_number_unsigned()) {
      return ApiError{400, "Property `num_dim` must be a positive integer."};
    }
    field.num_dim = object["num_dim"];
  }
  field.vec_dist = StringOf(object, "vec_dist", field.vec_dist);
  if (field.vec_dist != "cosine" && field.vec_dist != "ip") {
    return ApiError{400, "Property `vec_dist` is invalid."};
  }
  const json params = object.value("hnsw_params", json::object());
  if (auto error = ReadHnsw(params, "M", field.hnsw_m)) return error;
  return ReadHnsw(params, "ef_construction", field.hnsw_ef_construction);
}

std::optional<ApiError> CheckVectorField(const Field& field) {
  if (!field.IsVector()) return std::nullopt;
  if (field.facet) return ApiError{400, "Property `facet` is not allowed on a vector field."};
  if (field.sort) return ApiError{400, "Property `sort` cannot be enabled on a vector field."};
  return std::nullopt;
}

std::vector<std::string> StringsOf(const json& object, const char* key) {
  return object.contains(key) && object[key].is_array()
             ? object[key].get<std::vector<std::string>>()
             : std::vector<std::string>();
}

std::optional<ApiError> CheckBody(const json& body) {
  if (!body.is_object()) return ApiError{400, "Bad JSON."};
  if (!body.contains("name")) return ApiError{400, "Parameter `name` is required."};
  if (StringOf(body, "name").empty()) {
    return ApiError{400, "Parameter `name` must be a non-empty string."};
  }
  if (!body.contains("fields")) return ApiError{400, "Parameter `fields` is required."};
  if (!body["fields"].is_array() || body["fields"].empty()) {
    return ApiError{400,
                    "The `fields` value should be an array of objects containing `name`, `type` "
                    "and optionally, `facet` properties."};
  }
  return std::nullopt;
}

std::optional<ApiError> ReadFields(const json& fields, Schema& schema) {
  std::set<std::string> names;
  for (const json& each : fields) {
    Outcome<Field> field = ParseField(each, schema.nested);
    if (!field) return field.error();
    if (!names.insert(field->name).second) {
      return ApiError{400, "There are duplicate field names in the schema."};
    }
    // The server drops a field of this name without a word.
    if (field->name != "id") schema.fields.push_back(std::move(*field));
  }
  return std::nullopt;
}

}  // namespace

Outcome<Field> ParseField(const json& object, bool nested) {
  if (!object.is_object() || StringOf(object, "name").empty() || StringOf(object, "type").empty()) {
    return ApiError{400, kWrongFormat};
  }
  Field field = ReadFlags(object);
  if (!nested && field.ElementType() == "object") {
    return ApiError{400,
                    "Type `object` or `object[]` can be used only when nested fields are enabled "
                    "by setting` enable_nested_fields` to true."};
  }
  if (auto error = ReadVectorProperties(object, field)) return *error;
  if (auto error = CheckVectorField(field)) return *error;
  return field;
}

Outcome<Schema> ParseSchema(const json& body) {
  if (auto error = CheckBody(body)) return *error;
  Schema schema;
  schema.name = body["name"];
  schema.default_sorting_field = StringOf(body, "default_sorting_field");
  schema.nested = BoolOf(body, "enable_nested_fields", false);
  schema.token_separators = StringsOf(body, "token_separators");
  schema.symbols_to_index = StringsOf(body, "symbols_to_index");
  if (body.contains("metadata")) schema.metadata = body["metadata"].dump();
  if (auto error = ReadFields(body["fields"], schema)) return *error;
  return schema;
}

}  // namespace reembed::sandbox
