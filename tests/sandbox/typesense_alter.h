#pragma once

#include <string>

#include "tests/sandbox/typesense_collection.h"

namespace reembed::sandbox {

// A schema change (`PATCH /collections/:name`): drops and adds fields or replaces the metadata.
// Every stored document is checked against the whole new schema first; dropped values stay in the
// documents. Returns the answer's JSON text. Takes the collection's exclusive lock.
// Source: tests/data/transcripts/11-schema-patch.json, 12-dimension-change.json.
Outcome<std::string> AlterSchema(Collection& collection, const std::string& body);

}  // namespace reembed::sandbox
