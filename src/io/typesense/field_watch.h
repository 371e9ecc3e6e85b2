#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "src/io/typesense/client.h"

namespace reembed {

/// A field as all nodes that answer show it.
struct FieldView {
  bool there = false;
  std::optional<int> num_dim;  ///< nothing: the server made a plain field of it by itself
  std::string definition;      ///< the field's JSON
};

/// The field on every node that answers. Nothing when they differ, as a follower may still show
/// what was. One node at least is asked until it answers.
/// Errors: kNotFound (no such collection), kRefused, kOutage, kInterrupted.
Result<std::optional<FieldView>> ViewField(TypesenseClient& client, const std::string& collection,
                                           const std::string& field, const StopTokens& stop);

/// True when every key of `definition` stands in `shown` with the same value; both JSON objects.
bool ShowsDefinition(const std::string& shown, const std::string& definition);

/// True when a node says that it alters this collection: `GET /operations/schema_changes`, from
/// version 28 on. Older ones answer 404; `null` means that there are no collections. Asks each
/// node once.
bool IsAltering(const TypesenseClient& client, const std::string& collection,
                const StopTokens& stop);

}  // namespace reembed
