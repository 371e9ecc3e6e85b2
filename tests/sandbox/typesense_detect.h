#pragma once

#include "tests/sandbox/typesense_document.h"
#include "tests/sandbox/typesense_schema.h"

namespace reembed::sandbox {

// Adds the fields a written document brings to a schema: the leaves below its object fields, and
// with a `.*` pattern every new key. Types follow the spelling: `[0,1]` is an int64[].
// Source: tests/data/transcripts/12-dimension-change.json (d12), 11-schema-patch.json (w11).
void DetectFields(const Document& document, Schema& schema);

}  // namespace reembed::sandbox
