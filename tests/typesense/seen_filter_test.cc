#include "src/io/typesense/seen_filter.h"

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
  const std::string seen = R"({"n":5,"title":")" + std::string(2'990, 'x') + "\"}";
  CHECK(Filter(R"({"n":7,"title":"new"})", seen) == "(n:=5) && id:[`a`]");
}

TEST_CASE("server's keys: left out where the collection has references") {
  CHECK(WithoutServersKeys(R"({".ref":{},"id":"a","owner":"u","owner_sequence_id":3})", Schema()) ==
        R"({"id":"a","owner":"u"})");
  const std::string own = R"({"id":"a","title_sequence_id" : 3})";
  CHECK(WithoutServersKeys(own, Schema()) == own);
}

}  // namespace
}  // namespace reembed
