#pragma once

#include <string>

#include "tests/sandbox/typesense_collection.h"
#include "tests/sandbox/typesense_pace.h"
#include "tests/sandbox/typesense_url.h"

namespace reembed::sandbox {

// The URL parameters of an import.
struct ImportOptions {
  WriteAction action = WriteAction::kCreate;
  std::string dirty_values;
  bool return_id = false;
  bool return_doc = false;
  bool echo_failures = false;  // a failed line carries its document unasked, as up to v27
};

// Refuses what the server refuses. Source: tests/data/transcripts/03-import-actions.json.
Outcome<ImportOptions> ParseImportOptions(const Params& params);

// Reads `create`, `upsert`, `update` or `emplace`.
std::optional<WriteAction> ParseAction(const std::string& word);

// Applies JSON lines and returns the answer: one line per non-empty line, in order, without a
// final line feed. Lines are parsed before the collection's write queue and exclusive lock are
// taken; the lock is then held for the whole request, but for the time that vectors outside of
// indexes take, in which searches go on.
std::string Import(Collection& collection, const std::string& body, const ImportOptions& options,
                   const WritePace& pace);

// The answer of a server that takes everything: a success per non-empty line, with the id if asked
// for and if it is found by a quick look.
std::string SinkAnswer(const std::string& body, const ImportOptions& options);

// What the server says about a text that is no JSON object; otherwise the document.
Outcome<Document> ParseDocument(std::string_view text);

}  // namespace reembed::sandbox
