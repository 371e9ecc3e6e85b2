#include "src/io/typesense/document_line.h"

#include <string>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

TEST_CASE("document line: the id, unescaped, and the line as it is") {
  DocumentLineReader reader;
  const std::string line =
      R"({"a":{"id":"inner","b":[1.0,"}"]},"id":"q\"\u00e9\n/","title":"t","vec":[0.1,1e-07]})";
  const Document* document = reader.Read(line);
  REQUIRE(document != nullptr);
  CHECK(document->id == "q\"é\n/");
  CHECK(document->json == line);
}

TEST_CASE("document line: one buffer for all lines") {
  DocumentLineReader reader;
  const Document* first = reader.Read(R"({"id":"1","text":")" + std::string(60'000, 'x') + "\"}");
  REQUIRE(first != nullptr);
  const char* buffer = first->json.data();
  const Document* second = reader.Read(R"({"id":"2"})");
  CHECK(second == first);
  REQUIRE(second != nullptr);
  CHECK(second->id == "2");
  CHECK(second->json == R"({"id":"2"})");
  CHECK(second->json.data() == buffer);
}

TEST_CASE("document line: every beginning of a document is none") {
  DocumentLineReader reader;
  const std::string line = R"({"id":"a\"b","n":[1,{"k":"v"}],"title":"x } ]","z":-1.5e3})";
  REQUIRE(reader.Read(line) != nullptr);
  for (std::size_t size = 0; size < line.size(); ++size) {
    CAPTURE(size);
    CHECK(reader.Read(line.substr(0, size)) == nullptr);
  }
}

TEST_CASE("document line: what is no document") {
  DocumentLineReader reader;
  for (const char* line :
       {"", " ", "null", "[]", R"(["id"])", R"("id")", "{}", R"({"id":1})", R"({"id":null})",
        R"({"ID":"a"})", R"({"message": "Not Ready"})", R"({"a":{"id":"x"}})",
        R"({"id":"a"}{"message": "x"})", R"({"id":"a"}x)", R"({"id":"a"},)", "Not Ready or Lagging",
        "{\"id\":\"\xff\"}", R"({"id":"a"]})"}) {
    CAPTURE(line);
    CHECK(reader.Read(line) == nullptr);
  }
  CHECK(reader.Read(R"( {"id" : "a"} )") != nullptr);
}

}  // namespace
}  // namespace reembed
