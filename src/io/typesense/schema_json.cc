#include "src/io/typesense/schema_json.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

namespace reembed {
namespace {

using Json = nlohmann::json;

Error Unreadable(std::string_view expected) {
  return {.kind = ErrorKind::kTransient,
          .message = "the answer is not " + std::string(expected) + "; is that a Typesense?"};
}

// nlohmann's `value` throws on a value of another type; so does everything else that is missing.
// `read` may therefore take what it needs as if it were there.
template <typename Read>
auto Parse(std::string_view body, std::string_view expected, Read read)
    -> Result<decltype(read(Json()))> {
  try {
    return read(Json::parse(body));
  } catch (const Json::exception&) {
    return Unreadable(expected);
  }
}

FieldSchema ReadField(const Json& json) {
  FieldSchema field;
  field.name = json.at("name").get<std::string>();
  field.type = json.at("type").get<std::string>();
  if (const int dimensions = json.value("num_dim", 0); dimensions > 0) field.num_dim = dimensions;
  field.optional = json.value("optional", false);
  field.index = json.value("index", true);
  field.store = json.value("store", true);
  field.embed = json.contains("embed") && !json["embed"].empty();
  field.vec_dist = json.value("vec_dist", "");
  field.reference = json.value("reference", "");
  field.definition = json.dump();
  return field;
}

CollectionSchema ReadSchema(const Json& json) {
  CollectionSchema schema;
  schema.name = json.at("name").get<std::string>();
  schema.created_at = json.value("created_at", std::int64_t{0});
  schema.num_documents = json.at("num_documents").get<std::uint64_t>();
  schema.enable_nested_fields = json.value("enable_nested_fields", false);
  schema.default_sorting_field = json.value("default_sorting_field", "");
  const auto metadata = json.find("metadata");
  if (metadata != json.end() && !metadata->is_null()) schema.metadata = metadata->dump();
  for (const Json& field : json.at("fields")) schema.fields.push_back(ReadField(field));
  return schema;
}

std::vector<CollectionSchema> ReadCollections(const Json& json) {
  std::vector<CollectionSchema> schemas;
  for (const Json& entry : json.get_ref<const Json::array_t&>()) {
    try {
      schemas.push_back(ReadSchema(entry));
    } catch (const Json::exception&) {
      continue;  // one collection of a kind that is not known must not hide the others
    }
  }
  return schemas;
}

std::vector<Alias> ReadAliases(const Json& json) {
  std::vector<Alias> aliases;
  for (const Json& alias : json.at("aliases")) {
    aliases.push_back({.name = alias.at("name").get<std::string>(),
                       .collection = alias.at("collection_name").get<std::string>()});
  }
  return aliases;
}

std::uint64_t ReadPendingWrites(const Json& json) {
  return json.at("pending_write_batches").get<std::uint64_t>();
}

const Json* FindNested(const Json& json, std::string_view path) {
  if (!json.is_object()) return nullptr;
  const auto dot = path.find('.');
  const auto found = json.find(std::string(path.substr(0, dot)));
  if (found == json.end()) return nullptr;
  return dot == std::string_view::npos ? &*found : FindNested(*found, path.substr(dot + 1));
}

const Json* FindKey(const Json& json, std::string_view key) {
  const auto found = json.get_ref<const Json::object_t&>().find(key);
  return found == json.get_ref<const Json::object_t&>().end() ? nullptr : &found->second;
}

Embedding ReadVector(const Json& document, std::string_view field, bool nested) {
  const Json* value = nested ? FindNested(document, field) : FindKey(document, field);
  Embedding vector;
  if (value == nullptr || value->is_null()) return vector;
  vector.reserve(value->size());
  for (const Json& component : value->get_ref<const Json::array_t&>()) {
    vector.push_back(static_cast<float>(component.get<double>()));
  }
  return vector;
}

}  // namespace

Result<CollectionSchema> ParseSchema(std::string_view body) {
  return Parse(body, "a collection's schema", ReadSchema);
}

Result<std::vector<CollectionSchema>> ParseCollections(std::string_view body) {
  return Parse(body, "a list of collections", ReadCollections);
}

Result<std::vector<Alias>> ParseAliases(std::string_view body) {
  return Parse(body, "a list of aliases", ReadAliases);
}

Result<std::uint64_t> ParsePendingWrites(std::string_view body) {
  auto pending = Parse(body, "statistics", ReadPendingWrites);
  if (pending.ok()) return pending;
  return Error{.kind = ErrorKind::kNotFound,
               .message = "there is no `pending_write_batches` in its statistics"};
}

Result<std::uint64_t> ParseUpdatedCount(std::string_view body) {
  return Parse(body, "a count of updated documents",
               [](const Json& json) { return json.at("num_updated").get<std::uint64_t>(); });
}

Result<Embedding> ParseVector(std::string_view document, std::string_view field, bool nested) {
  return Parse(document, "a document with a vector in `" + std::string(field) + "`",
               [=](const Json& json) { return ReadVector(json, field, nested); });
}

}  // namespace reembed
