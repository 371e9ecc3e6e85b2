#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tests/sandbox/typesense_answer.h"

namespace reembed::sandbox {

// One field of a schema, with the server's defaults.
struct Field {
  std::string name;
  std::string type;  // "string", "int64[]", "float[]", "object", "auto", …
  bool facet = false;
  bool optional = false;
  bool index = true;
  bool sort = false;
  bool infix = false;
  bool stem = false;
  bool store = true;
  bool range_index = false;
  std::string locale;
  std::string stem_dictionary;
  std::string reference;
  std::string embed;  // JSON text; "" if the field is not embedded by the server
  int num_dim = 0;    // > 0 makes a float[] a vector
  std::string vec_dist = "cosine";
  int hnsw_m = 16;
  int hnsw_ef_construction = 200;

  bool IsVector() const { return num_dim > 0; }
  bool IsArray() const { return type.size() > 2 && type.compare(type.size() - 2, 2, "[]") == 0; }
  // "float" of "float[]".
  std::string ElementType() const { return IsArray() ? type.substr(0, type.size() - 2) : type; }
};

struct Schema {
  std::string name;
  std::int64_t created_at = 0;  // seconds since 1970
  std::string default_sorting_field;
  bool nested = false;
  std::vector<Field> fields;
  std::string metadata;  // JSON text; "" if none was given
  std::vector<std::string> token_separators;
  std::vector<std::string> symbols_to_index;

  const Field* Find(const std::string& field) const;
  // Whether new keys become fields by themselves (a `.*` or other pattern).
  bool HasPattern() const;
};

// Reads the body of `POST /collections` or one element of `fields`; what they cannot take is
// refused in the server's words. Source: tests/data/transcripts/02-collections.json.
Outcome<Schema> ParseSchema(const nlohmann::json& body);
Outcome<Field> ParseField(const nlohmann::json& field, bool nested);

// The checks the server makes only after the one for a free name.
Outcome<bool> CheckSchema(const Schema& schema);

// The object of `GET /collections/:name`, compact, keys sorted.
nlohmann::json SchemaJson(const Schema& schema, std::size_t documents);

// The longer object in which a schema change echoes an added field.
// Source: tests/data/transcripts/11-schema-patch.json.
nlohmann::json AddedFieldJson(const Field& field, const Schema& schema);

}  // namespace reembed::sandbox
