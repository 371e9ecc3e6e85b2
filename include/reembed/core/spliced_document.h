#pragma once

#include <string>
#include <string_view>

#include "reembed/base/result.h"
#include "reembed/core/document.h"

namespace reembed {

// A document's JSON text with one field changed and every other byte as it was. `nested`: a dotted
// name is a path of objects; otherwise it is one key. Errors: kTransient when the text is no JSON
// object. Pure; safe from any thread.

/// Without the field. An object that held nothing else stays, empty.
Result<std::string> WithoutField(std::string_view document, std::string_view field, bool nested);

/// With the field set to `value`, JSON text; objects on its path that are missing are made. One
/// that is there is replaced.
Result<std::string> WithField(std::string_view document, std::string_view field, bool nested,
                              std::string_view value);

/// XXH3-128 of WithoutField(), where members of objects that are null count as absent at any depth,
/// and so do objects on the field's path that are left empty: equal for two copies of a document
/// that differ in the field only, also when WithField() had to make objects for it, as the server
/// prints the keys in order; and equal for a document and what the server makes of it, which
/// removes the null of a field that may be missing (tests/data/transcripts/03-import-actions.json).
/// Elements of arrays that are null count.
Result<TextHash> HashWithoutField(std::string_view document, std::string_view field, bool nested);

}  // namespace reembed
