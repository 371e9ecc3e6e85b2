#include "tests/sandbox/typesense_document.h"

#include <nlohmann/json.hpp>

#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;

// Eight floats, the fewest that are moved out of the JSON.
constexpr const char* kVector = "[0.1,-0.25,1e-07,0.5,100000.0,0.75,-0.0,0.3]";

Document Parsed(const std::string& text) {
  return Document(json::parse(text));
}

std::string Text(const Document& document) {
  std::string text;
  document.AppendTo(text);
  return text;
}

std::string Text(const Document& document, const Params& params) {
  std::string text;
  document.AppendTo(text, Selection(params));
  return text;
}

}  // namespace

TEST_CASE("document: a moved vector keeps its place and its spelling") {
  const std::string text = std::string("{\"a\":1,\"id\":\"x\",\"vec\":") + kVector + ",\"z\":2}";
  const Document document = Parsed(text);
  REQUIRE(document.Moved("vec"));
  CHECK(document.Moved("vec")->size() == 8);
  CHECK_FALSE(document.keys().contains("vec"));
  CHECK(Text(document) == text);
}

TEST_CASE("document: what float32 cannot spell stays JSON") {
  CHECK_FALSE(Parsed("{\"v\":[0.10000000149011612,0.5,0.5,0.5,0.5,0.5,0.5,0.5]}").Moved("v"));
  CHECK_FALSE(Parsed("{\"v\":[1,0.5,0.5,0.5,0.5,0.5,0.5,0.5]}").Moved("v"));
  CHECK_FALSE(Parsed("{\"v\":[1e39,0.5,0.5,0.5,0.5,0.5,0.5,0.5]}").Moved("v"));
  CHECK_FALSE(Parsed("{\"v\":[0.5]}").Moved("v"));
}

TEST_CASE("document: putting a vector back restores the JSON") {
  Document document = Parsed(std::string("{\"vec\":") + kVector + "}");
  document.PutBack("vec");
  CHECK_FALSE(document.Moved("vec"));
  CHECK(document.keys().at("vec").size() == 8);
}

TEST_CASE("document: an update replaces a moved vector in either form") {
  Document document = Parsed(std::string("{\"id\":\"1\",\"vec\":") + kVector + "}");
  document.Merge(Parsed("{\"vec\":[1,2]}"), false);
  CHECK(Text(document) == "{\"id\":\"1\",\"vec\":[1,2]}");
  document.Merge(Parsed(std::string("{\"vec\":") + kVector + "}"), false);
  CHECK(document.Moved("vec"));
  document.Merge(Parsed("{\"vec\":null}"), false);
  CHECK(Text(document) == "{\"id\":\"1\"}");
}

TEST_CASE("document: copies share their vectors but not their keys") {
  const Document original = Parsed(std::string("{\"n\":1,\"vec\":") + kVector + "}");
  Document copy(original);
  copy.keys()["n"] = 2;
  CHECK(original.keys().at("n") == 1);
  CHECK(copy.Moved("vec") == original.Moved("vec"));
}

TEST_CASE("document: selections reach moved vectors and nested keys") {
  const Document document =
      Parsed(std::string(R"({"id":"1","meta":{"a":1,"b":2},"vec":)") + kVector + "}");
  CHECK(Text(document, {{"include_fields", "id,meta.a"}}) == R"({"id":"1","meta":{"a":1}})");
  CHECK(Text(document, {{"exclude_fields", "vec,meta.b"}}) == R"({"id":"1","meta":{"a":1}})");
  CHECK(Text(document, {{"include_fields", "v*"}}) == std::string("{\"vec\":") + kVector + "}");
}

TEST_CASE("document: an id that is no string reads as none") {
  CHECK(Parsed("{\"id\":5}").id().empty());
  CHECK(Parsed("{\"id\":\"5\"}").id() == "5");
}

}  // namespace reembed::sandbox
