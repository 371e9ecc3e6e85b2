#pragma once

#include <string>

#include "tests/sandbox/transcript.h"
#include "tests/sandbox/typesense_server.h"

namespace reembed::sandbox {

inline constexpr const char* kTestKey = "test-key";

// Sends one request with kTestKey; status 0 if the connection ended without a whole answer.
TranscriptAnswer Ask(const TypesenseServer& server, const std::string& method,
                     const std::string& path, const std::string& body = "");

// Creates the collection "docs" (title, n, vec of 2 dimensions) with documents "1", "2", "3",
// whose n is 1, 2, 3 and whose vectors are [1,0], [0,1], [1,1].
void FillDocs(TypesenseServer& server);

}  // namespace reembed::sandbox
