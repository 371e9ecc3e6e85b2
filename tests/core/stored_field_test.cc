#include "reembed/core/stored_field.h"

#include <cmath>
#include <limits>

#include "tests/support/catch2.h"

using namespace reembed;

namespace {

StoredField Read(std::string_view document, std::string_view field = "vec", bool nested = false) {
  StoredField out;
  const Status read = ReadStoredField(document, field, nested, out);
  INFO(document);
  REQUIRE(read.ok());
  return out;
}

constexpr float kInfinite = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("stored field: a vector with its text") {
  const StoredField field = Read(R"({"id":"1","vec":[0.25,-1,1e-07],"title":"x"})");
  CHECK(field.kind == FieldKind::kVector);
  CHECK(field.json == "[0.25,-1,1e-07]");
  CHECK(field.vector == Embedding{0.25F, -1.0F, 1e-7F});
}

TEST_CASE("stored field: numbers are read as doubles and then cast") {
  // The nearest float32 of the decimal is another one than that of its double.
  CHECK(Read(R"({"vec":[7.038531e-26]})").vector == Embedding{static_cast<float>(7.038531e-26)});
  const StoredField zero = Read(R"({"vec":[-0.0]})");
  CHECK(std::signbit(zero.vector.at(0)));
}

TEST_CASE("stored field: numbers of more digits than 64 bits hold") {
  const StoredField field = Read(
      R"({"vec":[-0.3284166435424067387316426903,0.36900376396838919804,1.23456789012345678901234]})");
  REQUIRE(field.kind == FieldKind::kVector);
  CHECK(field.vector == Embedding{-0.328416644F, 0.369003764F, 1.23456789F});
}

TEST_CASE("stored field: a number that float32 or double cannot hold fails nothing") {
  CHECK(Read(R"({"vec":[18446744073709551616,123456789012345678901234567890]})").vector ==
        Embedding{18446744073709551616.0F, 123456789012345678901234567890.0F});
  CHECK(Read(R"({"vec":[-9223372036854775809]})").vector == Embedding{-9223372036854775808.0F});
  CHECK(Read(R"({"vec":[1e39,-1e39,1e400,-1e400]})").vector ==
        Embedding{kInfinite, -kInfinite, kInfinite, -kInfinite});
  CHECK(Read(R"({"vec":[1e-400,5e-324,3.4028234663852887e38]})").vector ==
        Embedding{0.0F, 0.0F, std::numeric_limits<float>::max()});
}

TEST_CASE("stored field: white space belongs to no value") {
  CHECK(Read("{ \"vec\" : [ 1 , 2 ] , \"a\":1}").json == "[ 1 , 2 ]");
  CHECK(Read("{\"vec\": \"x\" , \"a\":1}").json == "\"x\"");
  CHECK(Read("{\"vec\": null }").json == "null");
}

TEST_CASE("stored field: everything else has its own kind") {
  CHECK(Read(R"({"vec":[]})").kind == FieldKind::kVector);
  CHECK(Read(R"({"vec":null})").kind == FieldKind::kNull);
  CHECK(Read(R"({"other":1})").kind == FieldKind::kAbsent);
  CHECK(Read(R"({})").kind == FieldKind::kAbsent);
  for (const std::string value :
       {"[1,\"a\"]", "[[1]]", "[1,null]", "{\"a\":[1]}", "\"text\"", "5", "true", "[1,true]"}) {
    const StoredField field = Read("{\"vec\":" + value + ",\"z\":1}");
    CHECK(field.kind == FieldKind::kOther);
    CHECK(field.json == value);
    CHECK(field.vector.empty());
  }
}

TEST_CASE("stored field: nested, a dotted name is a path") {
  const StoredField field = Read(R"({"meta":{"a":1,"vec":[1]},"vec":[2]})", "meta.vec", true);
  CHECK(field.kind == FieldKind::kVector);
  CHECK(field.vector == Embedding{1.0F});
  CHECK(Read(R"({"meta.vec":[3],"meta":{"vec":[1]}})", "meta.vec").vector == Embedding{3.0F});
}

TEST_CASE("stored field: nested and absent, with the levels that are there") {
  struct Case {
    std::string document;
    std::size_t levels;
  };
  for (const auto& [document, levels] : std::vector<Case>{{R"({"id":"1"})", 0},
                                                          {R"({"a":{}})", 1},
                                                          {R"({"a":{"b":{}}})", 2},
                                                          {R"({"a":{"b":{"c":1}}})", 2},
                                                          {R"({"a":null})", 0},
                                                          {R"({"a":[{"b":{"vec":[1]}}]})", 0},
                                                          {R"({"a":{"b":[{"vec":[1]}]}})", 1},
                                                          {R"({"a":"text"})", 0}}) {
    const StoredField field = Read(document, "a.b.vec", true);
    CHECK(field.kind == FieldKind::kAbsent);
    CHECK(field.json.empty());
    CHECK(field.levels_there == levels);
  }
  CHECK(Read(R"({"a":{"b":{"vec":null}}})", "a.b.vec", true).kind == FieldKind::kNull);
}

TEST_CASE("stored field: the buffer is filled anew") {
  StoredField field;
  REQUIRE(ReadStoredField(R"({"vec":[1,2]})", "vec", false, field).ok());
  REQUIRE(ReadStoredField(R"({"vec":[3]})", "vec", false, field).ok());
  CHECK(field.vector == Embedding{3.0F});
  REQUIRE(ReadStoredField(R"({})", "vec", false, field).ok());
  CHECK(field.kind == FieldKind::kAbsent);
  CHECK(field.vector.empty());
  CHECK(field.json.empty());
}

TEST_CASE("stored field: an array can be found without reading its numbers") {
  StoredField field;
  REQUIRE(FindStoredField(R"({"a":1,"vec": [1, 2.50] ,"b":2})", "vec", false, field).ok());
  CHECK(field.kind == FieldKind::kOther);
  CHECK(field.vector.empty());
  CHECK(HashSpelling(field) == HashText("[1, 2.50]"));
  REQUIRE(ReadVector(field).ok());
  CHECK(field.kind == FieldKind::kVector);
  CHECK(field.vector == Embedding{1.0F, 2.5F});
  REQUIRE(ReadVector(field).ok());
  CHECK(field.vector == Embedding{1.0F, 2.5F});

  REQUIRE(FindStoredField(R"({"vec":[1,,2]})", "vec", false, field).ok());
  CHECK(ReadVector(field).error().kind == ErrorKind::kTransient);
  REQUIRE(FindStoredField(R"({"vec":["a"]})", "vec", false, field).ok());
  REQUIRE(ReadVector(field).ok());
  CHECK(field.kind == FieldKind::kOther);
}

TEST_CASE("stored field: what is no JSON object is temporary trouble") {
  for (const std::string_view text :
       {"", " ", "[1]", "null", "x", "{\"vec\":[1,2", "{\"vec\":[1,2]", "{\"vec\":[1,]}",
        "{\"vec\":[1 2]}", "{\"vec\":[01]}", "{\"vec\":[1.]}", "{\"vec\":[-]}", "{\"vec\":}",
        "{\"vec\":{\"a\":nonsense}}", "{\"vec\":tru}", "{\"vec\":[1],\"b\"}",
        "{\"vec\":[\"\xff\"]}"}) {
    StoredField field;
    const Status read = ReadStoredField(text, "vec", false, field);
    INFO(text);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().kind == ErrorKind::kTransient);
    CHECK(field.kind == FieldKind::kAbsent);
  }
}

TEST_CASE("stored field: a NUL behind a value is not taken for the end") {
  StoredField field;
  const std::string_view document("{\"vec\":\"x\"\0}", 12);
  CHECK_FALSE(ReadStoredField(document, "vec", false, field).ok());
}

TEST_CASE("vector hash: of the float32 values") {
  const Embedding vector{0.25F, -1.0F};
  CHECK(HashVector(vector) == HashVector(Embedding{0.25F, -1.0F}));
  CHECK_FALSE(HashVector(vector) == HashVector(Embedding{-1.0F, 0.25F}));
  CHECK_FALSE(HashVector(Embedding{0.0F}) == HashVector(Embedding{-0.0F}));
  CHECK_FALSE(HashVector(Embedding{}) == HashVector(Embedding{0.0F}));
  // It stands in journals: it may not change.
  CHECK(HashVector(Embedding{}) == HashText(""));
  CHECK(HashVector(Embedding{1.0F}) == HashText(std::string_view("\0\0\x80\x3f", 4)));
}
