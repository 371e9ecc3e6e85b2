#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reembed {

/// One field as `GET /collections/:name` shows it, as far as a migration depends on it.
/// Source: tests/data/transcripts/02-collections.json.
struct FieldSchema {
  std::string name;
  std::string type;
  std::optional<int> num_dim;
  bool optional = false;
  bool index = true;
  bool store = true;
  bool embed = false;      ///< the server computes this field itself
  std::string vec_dist;    ///< `cosine` or `ip`; empty when not a vector
  std::string reference;   ///< `collection.field` of another collection; empty: none
  std::string definition;  ///< the field's JSON as the server sent it

  /// True when a search by vector finds documents by it, and waits for writes to it.
  bool HasVectorIndex() const { return num_dim.has_value() && index; }
};

/// A collection as the server describes it. `name` is the real one, also when an alias was asked.
struct CollectionSchema {
  std::string name;
  std::int64_t created_at = 0;
  std::uint64_t num_documents = 0;
  bool enable_nested_fields = false;
  std::string default_sorting_field;
  std::string metadata;  ///< JSON text; empty when there is none
  std::vector<FieldSchema> fields;

  /// Null when the schema has no such field.
  const FieldSchema* Find(std::string_view field) const;
  /// True when a dotted name is a path of objects here; else it is one key.
  bool IsNested(std::string_view field) const;
};

/// `name` leads to `collection`.
struct Alias {
  std::string name;
  std::string collection;
};

}  // namespace reembed
