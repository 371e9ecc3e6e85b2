#include "src/core/config/json_text.h"

#include <string>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

JsonText Parse(const std::string& text) {
  return ParseJsonText({"c.json", text});
}

std::string ProblemIn(const std::string& text) {
  const JsonText parsed = Parse(text);
  CHECK(parsed.problems.size() == 1);
  CHECK_FALSE(parsed.root.has_value());
  return parsed.problems.empty() ? "" : parsed.problems.front();
}

TEST_CASE("json text: keeps the order of members and their pointers") {
  const JsonText text = Parse(R"({"b": [1, {"x": true}], "a": "s", "n": null})");
  REQUIRE(text.root.has_value());
  REQUIRE(text.root->children.size() == 3);
  CHECK(text.root->children[0].key == "b");
  CHECK(text.root->children[0].children[1].children[0].pointer == "/b/1/x");
  CHECK(text.root->Find("a")->text == "s");
  CHECK(text.root->Find("n")->type == JsonValue::Type::kNull);
  CHECK(text.root->Find("z") == nullptr);
}

TEST_CASE("json text: pointers escape what RFC 6901 says, and control characters") {
  const JsonText text = Parse(R"({"a/b~c": {"\u001b[2J": 1}})");
  REQUIRE(text.root.has_value());
  CHECK(text.root->children[0].children[0].pointer == R"(/a~1b~0c/\x1b[2J)");
}

TEST_CASE("json text: numbers of all spellings") {
  const JsonText text = Parse("[-7, 8, 0.5, 9e2]");
  REQUIRE(text.root.has_value());
  CHECK(text.root->children[0].number == -7);
  CHECK(text.root->children[1].number == 8);
  CHECK(text.root->children[2].number == 0.5);
  CHECK(text.root->children[3].number == 900);
}

TEST_CASE("json text: reports every repeated key") {
  const JsonText text = Parse(R"({"a": {"x": 1, "x": 2}, "a": 3})");
  CHECK(text.problems == std::vector<std::string>{"c.json: /a/x: repeated key; keep one of them",
                                                  "c.json: /a: repeated key; keep one of them"});
}

TEST_CASE("json text: says line and column of what is not JSON") {
  CHECK(ProblemIn("{\n  \"a\": 1,\n  \"b\": }") ==
        "c.json:3:8: not valid JSON: unexpected '}'; expected '[', '{', or a literal");
  CHECK(ProblemIn("{\"a\": 1") ==
        "c.json:1:8: not valid JSON: unexpected end of input; expected '}'");
  CHECK(ProblemIn("{} x") == "c.json:1:4: not valid JSON: invalid literal");
  CHECK(ProblemIn("{} {}") == "c.json:1:4: not valid JSON: unexpected '{'; expected end of input");
  CHECK(ProblemIn("{\"a\": 1e999}") == "c.json:1:11: not valid JSON: a number is out of range");
}

TEST_CASE("json text: refuses comments") {
  CHECK(ProblemIn("{ // so\n}") == "c.json:1:3: not valid JSON: JSON has no comments");
  CHECK(ProblemIn("# so\n{}") == "c.json:1:1: not valid JSON: JSON has no comments");
}

TEST_CASE("json text: never quotes the text it could not read") {
  CHECK(ProblemIn("{\"k\": \"hunter2\n\"}").find("hunter2") == std::string::npos);
  CHECK(ProblemIn("{\"k\": hunter2}").find("hunter2") == std::string::npos);
}

TEST_CASE("json text: refuses empty files, invalid UTF-8 and endless nesting") {
  CHECK(ProblemIn(" \n") == "c.json: the file is empty; it must hold an object");
  CHECK(ProblemIn("{\"a\": \"\xFF\"}") == "c.json: the file is not valid UTF-8");
  CHECK(ProblemIn(std::string(100'000, '[')) == "c.json: nested deeper than 64 levels");
}

}  // namespace
}  // namespace reembed
