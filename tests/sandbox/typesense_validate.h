#pragma once

#include <optional>
#include <string>

#include "tests/sandbox/typesense_document.h"
#include "tests/sandbox/typesense_schema.h"

namespace reembed::sandbox {

// What becomes of values of a wrong type; the `dirty_values` parameter.
enum class DirtyValues { kReject, kDrop, kCoerceOrReject, kCoerceOrDrop };

// Unknown words mean the default, which depends on the schema.
// Source: tests/data/transcripts/03-import-actions.json, "bad dirty_values".
DirtyValues ParseDirtyValues(const std::string& text, const Schema& schema);

// What is wrong with a document, and with which field.
struct FieldError {
  enum class Kind { kMissing, kType, kOther } kind = Kind::kOther;
  std::string field;
  std::string phrase;  // of a type error: "an int32", "a array of float", …
  std::string text;    // the whole sentence
};

// Checks a document against a schema in the server's order and words, and coerces or drops values
// as `dirty` asks. With `partial` only the keys that are there are checked (an update).
// Source: tests/data/transcripts/04-import-update-failures.json.
std::optional<FieldError> ValidateDocument(const Schema& schema, Document& document, bool partial,
                                           DirtyValues dirty);

}  // namespace reembed::sandbox
