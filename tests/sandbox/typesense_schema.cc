#include "tests/sandbox/typesense_schema.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace reembed::sandbox {
namespace {

using nlohmann::json;

constexpr std::size_t kVisibleKeyCharacters = 5;

// The server shows the start of a provider key and stars for the rest.
json MaskedEmbed(const std::string& text) {
  json embed = json::parse(text);
  if (!embed.contains("model_config") || !embed["model_config"].contains("api_key")) return embed;
  auto key = embed["model_config"]["api_key"].get<std::string>();
  if (key.size() > kVisibleKeyCharacters) {
    key.replace(kVisibleKeyCharacters, std::string::npos, key.size() - kVisibleKeyCharacters, '*');
  }
  embed["model_config"]["api_key"] = key;
  return embed;
}

json HnswJson(const Field& field) {
  return {{"M", field.hnsw_m}, {"ef_construction", field.hnsw_ef_construction}};
}

json CommonFieldJson(const Field& field) {
  return {
      {"facet", field.facet},   {"index", field.index}, {"infix", field.infix},
      {"locale", field.locale}, {"name", field.name},   {"optional", field.optional},
      {"sort", field.sort},     {"stem", field.stem},   {"stem_dictionary", field.stem_dictionary},
      {"store", field.store},   {"type", field.type}};
}

json FieldJson(const Field& field) {
  json object = CommonFieldJson(field);
  if (field.IsVector()) {
    object["hnsw_params"] = HnswJson(field);
    object["num_dim"] = field.num_dim;
    object["vec_dist"] = field.vec_dist;
  }
  if (field.range_index) object["range_index"] = true;
  if (!field.embed.empty()) object["embed"] = MaskedEmbed(field.embed);
  if (!field.reference.empty()) {
    object["reference"] = field.reference;
    object["async_reference"] = false;
  }
  return object;
}

bool IsKnownType(const Field& field) {
  static constexpr const char* kElements[] = {"string", "int32",    "int64",  "float",
                                              "bool",   "geopoint", "object", "auto"};
  const std::string element = field.ElementType();
  return field.type == "string*" || field.type == "image" || field.type == "geopolygon" ||
         std::find(std::begin(kElements), std::end(kElements), element) != std::end(kElements);
}

}  // namespace

const Field* Schema::Find(const std::string& field) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& each) { return each.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

bool Schema::HasPattern() const {
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) {
    return field.name.find(".*") != std::string::npos || field.type == "auto" ||
           field.type == "string*";
  });
}

Outcome<bool> CheckSchema(const Schema& schema) {
  for (const Field& field : schema.fields) {
    if (IsKnownType(field)) continue;
    return ApiError{400, "Field `" + field.name + "` has an invalid data type `" + field.type +
                             "`, see docs for supported data types."};
  }
  if (!schema.default_sorting_field.empty() && !schema.Find(schema.default_sorting_field)) {
    return ApiError{400, "Default sorting field is defined as `" + schema.default_sorting_field +
                             "` but is not found in the schema."};
  }
  return true;
}

json SchemaJson(const Schema& schema, std::size_t documents) {
  json fields = schema.fields.empty() ? json(nullptr) : json::array();
  for (const Field& field : schema.fields) fields.push_back(FieldJson(field));
  json object = {{"created_at", schema.created_at},
                 {"default_sorting_field", schema.default_sorting_field},
                 {"enable_nested_fields", schema.nested},
                 {"fields", std::move(fields)},
                 {"name", schema.name},
                 {"num_documents", documents},
                 {"symbols_to_index", schema.symbols_to_index},
                 {"token_separators", schema.token_separators}};
  if (!schema.metadata.empty()) object["metadata"] = json::parse(schema.metadata);
  return object;
}

json AddedFieldJson(const Field& field, const Schema& schema) {
  const bool nested = schema.nested && field.name.find('.') != std::string::npos;
  json object = CommonFieldJson(field);
  object["async_reference"] = false;
  object["embed"] = field.embed.empty() ? json(nullptr) : MaskedEmbed(field.embed);
  object["hnsw_params"] = HnswJson(field);
  object["nested"] = nested;
  object["nested_array"] = nested ? 2 : 0;
  object["num_dim"] = field.num_dim;
  object["range_index"] = field.range_index;
  object["reference"] = field.reference;
  object["symbols_to_index"] = json::array();
  object["token_separators"] = json::array();
  object["vec_dist"] = field.vec_dist;
  return object;
}

}  // namespace reembed::sandbox
