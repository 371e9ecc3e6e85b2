#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_test_support.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

constexpr const char* kSchema =
    R"({"name":"ids","fields":[{"name":"n","type":"int32","optional":true}]})";
constexpr const char* kClone = "/collections?src_name=ids";

// The id that the next document without one gets.
std::string NextId(TypesenseServer& server, const std::string& collection = "ids") {
  const auto answer = Ask(server, "POST", "/collections/" + collection + "/documents", "{}");
  return nlohmann::json::parse(answer.body).value("id", answer.body);
}

std::string Create(TypesenseServer& server, const std::string& lines) {
  return server.Import("ids", lines, "create");
}

}  // namespace

TEST_CASE("automatic ids: count on, and are not given again after a deletion") {
  TypesenseServer server({kTestKey});
  server.CreateCollection(kSchema);
  CHECK(NextId(server) == "0");
  CHECK(NextId(server) == "1");
  CHECK(Ask(server, "DELETE", "/collections/ids/documents/1").status == 200);
  CHECK(NextId(server) == "2");
}

TEST_CASE("automatic ids: documents with an id of their own count too") {
  TypesenseServer server({kTestKey});
  server.CreateCollection(kSchema);
  Create(server, "{\"id\":\"a\"}\n{\"id\":\"b\"}");
  server.Import("ids", "{\"id\":\"c\"}\n{\"id\":\"a\"}", "upsert");
  server.Import("ids", "{\"id\":\"a\",\"n\":1}\n{\"id\":\"x\",\"n\":1}", "update");
  CHECK(NextId(server) == "3");
}

TEST_CASE("automatic ids: what is refused for its content uses one up") {
  TypesenseServer server({kTestKey});
  server.CreateCollection(kSchema);
  Create(server, "{\"n\":\"x\"}\n{\"id\":\"a\",\"n\":\"x\"}");
  CHECK(NextId(server) == "2");
}

TEST_CASE("automatic ids: an id that is there uses none up, one repeated in a request does") {
  TypesenseServer server({kTestKey});
  server.CreateCollection(kSchema);
  Create(server, "{\"id\":\"a\"}\n{\"id\":\"a\"}");
  CHECK(NextId(server) == "2");
  Create(server, "{\"id\":\"a\"}\n{\"id\":\"a\"}\n{\"id\":\"a\"}");
  CHECK(Ask(server, "POST", "/collections/ids/documents", R"({"id":"a"})").status == 409);
  CHECK(NextId(server) == "3");
}

TEST_CASE("automatic ids: one that a document has already hides that document") {
  TypesenseServer server({kTestKey});
  server.CreateCollection(kSchema);
  Create(server, R"({"id":"1","n":7})");
  CHECK(Ask(server, "POST", "/collections/ids/documents", R"({"n":8})").body ==
        R"({"id":"1","n":8})");
  CHECK(Ask(server, "GET", "/collections/ids/documents/1").body == R"({"id":"1","n":8})");
  CHECK(server.ExportAll("ids") == "{\"id\":\"1\",\"n\":7}\n{\"id\":\"1\",\"n\":8}");
}

TEST_CASE("automatic ids: a clone counts from 0, without metadata of its source") {
  TypesenseServer server({kTestKey});
  server.CreateCollection(kSchema);
  Ask(server, "PATCH", "/collections/ids", R"({"metadata":{"a":1}})");
  NextId(server);
  const auto clone = Ask(server, "POST", kClone, R"({"name":"ids2"})");
  CHECK(clone.status == 201);
  CHECK_THAT(clone.body, !ContainsSubstring("metadata"));
  CHECK(NextId(server, "ids2") == "0");
  CHECK(Ask(server, "PATCH", "/collections/ids2", R"({"metadata":{"b":2}})").status == 200);
  CHECK_THAT(Ask(server, "GET", "/collections/ids2").body, ContainsSubstring(R"({"b":2})"));
}

TEST_CASE("aliases: may name what is not there, and stay when a collection goes") {
  TypesenseServer server({kTestKey});
  server.CreateCollection(kSchema);
  CHECK(Ask(server, "PUT", "/aliases/a", R"({"collection_name":"nope"})").status == 200);
  CHECK(Ask(server, "GET", "/collections/a").status == 404);
  Ask(server, "PUT", "/aliases/a", R"({"collection_name":"ids"})");
  CHECK(Ask(server, "DELETE", "/collections/ids").status == 200);
  CHECK(Ask(server, "GET", "/aliases/a").body == R"({"collection_name":"ids","name":"a"})");
  CHECK(Ask(server, "GET", "/collections/a").status == 404);
}

}  // namespace reembed::sandbox
