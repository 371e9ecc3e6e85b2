#include "src/io/typesense/import_lines.h"

#include "tests/support/catch2.h"

namespace reembed {
namespace {

const Embedding kVector = {0.5F, -1.0F};

std::string LineFor(std::string_view field, bool nested, std::string_view id) {
  std::string body;
  ImportLines(field, nested).Append(body, id, kVector);
  return body;
}

TEST_CASE("import lines: id and field, nothing else") {
  CHECK(LineFor("vec", false, "1") == "{\"id\":\"1\",\"vec\":[0.5,-1]}\n");
}

TEST_CASE("import lines: a dotted field is nested objects or a literal key") {
  CHECK(LineFor("m.a.vec", true, "1") == "{\"id\":\"1\",\"m\":{\"a\":{\"vec\":[0.5,-1]}}}\n");
  CHECK(LineFor("m.a.vec", false, "1") == "{\"id\":\"1\",\"m.a.vec\":[0.5,-1]}\n");
}

TEST_CASE("import lines: a value goes to its level, at most to the field itself") {
  const auto line = [](std::string_view field, bool nested, const FieldValue& value) {
    std::string body;
    ImportLines(field, nested).Append(body, "1", value);
    return body;
  };
  CHECK(line("m.vec", true, {"null", 0}) == "{\"id\":\"1\",\"m\":null}\n");
  CHECK(line("m.vec", true, {"null", 1}) == "{\"id\":\"1\",\"m\":{\"vec\":null}}\n");
  CHECK(line("m.vec", true, {"[1.0]", 9}) == "{\"id\":\"1\",\"m\":{\"vec\":[1.0]}}\n");
  CHECK(line("m.vec", false, {"null", 0}) == "{\"id\":\"1\",\"m.vec\":null}\n");
}

TEST_CASE("import lines: awkward ids") {
  CHECK(LineFor("v", false, "a\"b\\c/\n\x01 \xC3\xA9") ==
        "{\"id\":\"a\\\"b\\\\c/\\u000a\\u0001 \xC3\xA9\",\"v\":[0.5,-1]}\n");
}

TEST_CASE("import lines: results are read by position") {
  const auto results = ParseImportAnswer(
      "{\"success\":true}\n"
      "{\"code\":404,\"error\":\"Could not find a document with id: x\",\"success\":false}\n"
      "{\"id\":\"1\",\"success\":true}",
      3);
  REQUIRE(results.ok());
  CHECK((*results)[0].success);
  CHECK((*results)[1].code == 404);
  CHECK((*results)[1].error == "Could not find a document with id: x");
  CHECK((*results)[2].success);
}

TEST_CASE("import lines: the echo of versions up to 27 is not read") {
  const auto results = ParseImportAnswer(
      R"({"code":400,"document":"{\"id\":\"2\",\"vec\":[0.1]}","error":"bad","success":false})", 1);
  REQUIRE(results.ok());
  CHECK((*results)[0].error == "bad");
}

TEST_CASE("import lines: an answer that does not fit is transient") {
  const char* answers[] = {
      "",
      "{\"success\":true}",
      "{\"success\":true}\n\n{\"success\":true}",
      "{\"success\":true}\n{\"success\":true}\n{\"success\":true}",
      "{\"success\":true}\n{\"success\":tr",
      "{\"success\":true}\n{\"success\":\"yes\"}",
      "{\"success\":true}\n{\"success\":false}",
      "{\"success\":true}\n[]",
      "{\"message\": \"Bad request.\"}",
  };
  for (const char* answer : answers) {
    CAPTURE(answer);
    const auto results = ParseImportAnswer(answer, 2);
    REQUIRE_FALSE(results.ok());
    CHECK(results.error().kind == ErrorKind::kTransient);
  }
  CHECK(ParseImportAnswer("{\"success\":true}\n{\"success\":true}\n", 2).ok());
  CHECK(ParseImportAnswer("{\"success\":true}", 2).error().message ==
        "the answer to an import has 1 results for 2 documents");
}

}  // namespace
}  // namespace reembed
