#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "reembed/base/result.h"
#include "reembed/core/document.h"
#include "reembed/core/schema.h"

namespace reembed {

// Readers of the small answers. Each is pure; an answer of another shape is kTransient with a
// message that says what was expected.

/// `GET /collections/:name`. A collection without fields shows `"fields":null`; versions before 25
/// leave `store` and `vec_dist` out.
Result<CollectionSchema> ParseSchema(std::string_view body);

/// `GET /collections`. Entries that are no collection's schema are left out.
Result<std::vector<CollectionSchema>> ParseCollections(std::string_view body);

/// `GET /aliases`.
Result<std::vector<Alias>> ParseAliases(std::string_view body);

/// `GET /stats.json`: `pending_write_batches` (tests/data/transcripts/01-auth-status.json). Any
/// other answer is kNotFound: a server of another version, or a proxy, will not do better.
Result<std::uint64_t> ParsePendingWrites(std::string_view body);

/// `PATCH …/documents?filter_by=…`: `num_updated` (tests/data/transcripts/09-documents.json).
Result<std::uint64_t> ParseUpdatedCount(std::string_view body);

/// The field of a document: with `nested` a dotted name is a path of objects, else one key
/// (tests/data/transcripts/05-update-keeps-keys.json has documents with both). Empty when the
/// document has none or null there.
Result<Embedding> ParseVector(std::string_view document, std::string_view field, bool nested);

}  // namespace reembed
