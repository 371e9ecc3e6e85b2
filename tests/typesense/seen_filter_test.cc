#include "src/io/typesense/seen_filter.h"

#include <algorithm>
#include <string>

#include "tests/support/catch2.h"

namespace reembed {
namespace {

CollectionSchema Schema() {
  CollectionSchema schema;
  const auto add = [&](const std::string& name, const std::string& type) -> FieldSchema& {
    FieldSchema field;
    field.name = name;
    field.type = type;
    schema.fields.push_back(field);
    return schema.fields.back();
  };
  add("about", "string");
  add("title", "string");
  add("n", "int32");
  add("done", "bool");
  add("price", "float");
  add("tags", "string[]");
  add("hidden", "string").index = false;
  add("owner", "string").reference = "users.id";
  return schema;
}

std::string Filter(const std::string& members, const std::string& seen,
                   const std::string& id = "a") {
  return SeenFilter({.id = id, .members = members, .seen = seen}, Schema());
}

TEST_CASE("seen filter: the old words, integers and booleans of what is to change") {
  CHECK(Filter(R"({"title":"new","n":7,"done":null})",
               R"({"id":"a","title":"old, words","n":5,"done":true})") ==
        "(done:=true && n:=5 && title:=`old, words`) && id:[`a`]");
  CHECK(Filter(R"({"title":"new"})", R"({"id":"a","title":"old","n":5})") ==
        "(title:=`old`) && id:[`a`]");
}

TEST_CASE("seen filter: none of what no filter tells") {
  const auto [members, seen] = GENERATE(table<std::string, std::string>({
      {R"({"title":"new"})", R"({"id":"a"})"},
      {R"({"title":"new"})", R"({"title":"a`b"})"},
      {R"({"title":"new"})", R"({"title":" padded"})"},
      {R"({"title":"new"})", R"({"title":"?!"})"},
      {R"({"title":"new"})", R"({"title":""})"},
      {R"({"title":"new"})", R"({"title":null})"},
      {R"({"title":"new"})", R"({"title":5})"},
      {R"({"price":1})", R"({"price":0.5})"},
      {R"({"n":1})", R"({"n":0.5})"},
      {R"({"n":1})", R"({"n":3000000000})"},
      {R"({"tags":[]})", R"({"tags":["x"]})"},
      {R"({"hidden":"new"})", R"({"hidden":"old"})"},
      {R"({"other":"new"})", R"({"other":"old"})"},
      {R"({"title":"new"})", "no JSON"},
  }));
  CAPTURE(members, seen);
  CHECK(Filter(members, seen).empty());
}

TEST_CASE("seen filter: none for an id that no filter names") {
  CHECK(Filter(R"({"n":7})", R"({"n":5})", "a`b").empty());
  CHECK(Filter(R"({"n":7})", R"({"n":5})", "a,b") == "(n:=5) && id:[`a,b`]");
}

TEST_CASE("seen filter: a text that is too long for an address is left out") {
  const std::string seen = R"({"about":")" + std::string(2'990, 'x') + R"(","n":5,"title":"old"})";
  CHECK(Filter(R"({"about":"new","n":7,"title":"new"})", seen) ==
        "(n:=5 && title:=`old`) && id:[`a`]");
}

TEST_CASE("seen filter: no more conditions than every server takes") {
  CollectionSchema schema;
  std::string members = "{", seen = "{";
  for (int i = 10; i < 80; ++i) {
    FieldSchema field;
    field.name = "f" + std::to_string(i);
    field.type = "int64";
    schema.fields.push_back(field);
    const std::string start = (i == 10 ? "\"" : ",\"") + field.name + "\":";
    members += start + "1";
    seen += start + "0";
  }
  const std::string filter =
      SeenFilter({.id = "a", .members = members + "}", .seen = seen + "}"}, schema);
  CHECK(std::count(filter.begin(), filter.end(), '=') == 24);
}

TEST_CASE("server's keys: left out where the collection has references") {
  CHECK(WithoutServersKeys(R"({".ref":{},"id":"a","owner":"u","owner_sequence_id":3})", Schema()) ==
        R"({"id":"a","owner":"u"})");
  const std::string own = R"({"id":"a","title_sequence_id" : 3})";
  CHECK(WithoutServersKeys(own, Schema()) == own);
}

}  // namespace
}  // namespace reembed
