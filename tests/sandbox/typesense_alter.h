#pragma once

#include <string>

#include "tests/sandbox/typesense_collection.h"
#include "tests/sandbox/typesense_pace.h"

namespace reembed::sandbox {

// A schema change (`PATCH /collections/:name`): drops and adds fields or replaces the metadata.
// Every stored document is checked against the whole new schema first; dropped values stay in the
// documents. Returns the answer's JSON text.
// It waits for the writes that came before and keeps those that come after waiting, while reads go
// on: the old indexes serve until every document is checked, then the new ones fill bit by bit. A
// new metadata alone touches no document.
// Source: tests/data/transcripts/11-schema-patch.json, 12-dimension-change.json.
Outcome<std::string> AlterSchema(Collection& collection, const std::string& body,
                                 const WritePace& pace);

}  // namespace reembed::sandbox
