#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "reembed/base/result.h"
#include "reembed/core/document.h"

namespace reembed {

/// XXH3-128 of a vector's float32 values, little-endian.
using VectorHash = TextHash;
VectorHash HashVector(std::span<const float> vector);

/// What stands in a document's embedding field.
enum class FieldKind : std::uint8_t {
  kAbsent,
  kNull,
  kVector,  ///< an array of numbers
  kOther,   ///< anything else, and an array whose numbers have not been read
};

/// The embedding field of one document, as the server spelled it. A buffer to be filled again and
/// again.
struct StoredField {
  FieldKind kind = FieldKind::kAbsent;
  std::string json;  ///< the value's text; empty when absent
  Embedding vector;  ///< when kVector: each number read as a double and cast to float
  /// When kVector and known: whether each number means the same as the shortest text of its
  /// float32.
  std::optional<bool> is_shortest = {};
  std::size_t levels_there =
      0;  ///< when absent: how many keys of a nested field's path are objects
};

/// Hash of the value's text. Who knows the hash of the text that a vector has in the store need not
/// read its numbers.
TextHash HashSpelling(const StoredField& field);

/// Takes the text of `field` out of a document's JSON object. `nested`: a dotted name is a path of
/// objects (`levels_there` of `meta.vec` is 0 without `meta`, 1 with `meta` and without `vec`);
/// otherwise it is one key. An array element where an object is expected counts as absent. The
/// numbers of an array stay unread: it is kOther until ReadVector has found that it is a vector.
/// Errors: kTransient when the text is no JSON object. Pure; safe from any thread.
Status FindStoredField(std::string_view document, std::string_view field, bool nested,
                       StoredField& out);
/// Reads the numbers of what FindStoredField has found; a kOther of another kind stays one, and any
/// other kind is left alone. Errors: kTransient when the text is no JSON; `field` is as it was but
/// for its vector. Pure; safe from any thread.
Status ReadVector(StoredField& field);

/// Both.
Status ReadStoredField(std::string_view document, std::string_view field, bool nested,
                       StoredField& out);

}  // namespace reembed
