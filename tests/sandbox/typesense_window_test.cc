#include <future>
#include <thread>

#include <httplib.h>

#include "tests/sandbox/typesense_test_support.h"
#include "tests/support/catch2.h"

// An alteration as clients see it, who all come while it runs.
namespace reembed::sandbox {
namespace {

using std::chrono::milliseconds;

constexpr const char* kDrop = R"({"fields":[{"name":"vec","drop":true}]})";
constexpr const char* kVector = "/collections/docs/documents/search?q=*&vector_query=vec:([1,1])";
constexpr const char* kMulti =
    R"x({"searches":[{"collection":"docs","q":"*","vector_query":"vec:([1,1])"}]})x";
constexpr const char* kBusy =
    "{\"message\": \"Another collection update operation is in progress.\"}";

TypesenseOptions Slow(milliseconds alter) {
  TypesenseOptions options{kTestKey};
  options.alter_delay = alter;
  return options;
}

std::string Changes(const TypesenseServer& server) {
  return Ask(server, "GET", "/operations/schema_changes").body;
}

// Returns when the alteration has begun.
std::future<TranscriptAnswer> StartDrop(const TypesenseServer& server) {
  auto answer = std::async(std::launch::async,
                           [&] { return Ask(server, "PATCH", "/collections/docs", kDrop); });
  while (Changes(server) == "[]") std::this_thread::yield();
  return answer;
}

}  // namespace

TEST_CASE("window: schema changes are listed while they run") {
  TypesenseServer server(Slow(milliseconds(50)));
  CHECK(Changes(server) == "null");
  FillDocs(server);
  CHECK(Changes(server) == "[]");
  auto drop = StartDrop(server);
  CHECK_THAT(Changes(server), ContainsSubstring(R"([{"alter_history":[],"altered_docs":0,)"
                                                R"("collection":"docs","validated_docs":)"));
  CHECK(drop.get().status == 200);
  CHECK(Changes(server) == "[]");
}

TEST_CASE("window: reads go on, another change is refused, through an alias it waits") {
  TypesenseServer server(Slow(milliseconds(100)));
  FillDocs(server);
  Ask(server, "PUT", "/aliases/a", R"({"collection_name":"docs"})");
  auto drop = StartDrop(server);
  CHECK(Ask(server, "GET", kVector).status == 200);
  CHECK(Ask(server, "GET", "/collections/docs").status == 200);
  const auto refused = Ask(server, "PATCH", "/collections/docs", R"({"metadata":{"a":1}})");
  CHECK(refused.status == 422);
  CHECK(refused.body == kBusy);
  const bool still_running = Changes(server) != "[]";
  const auto waited = Ask(server, "PATCH", "/collections/a", R"({"metadata":{"a":1}})");
  CHECK(still_running);
  CHECK(waited.status == 200);
  CHECK(Changes(server) == "[]");
  CHECK(drop.get().status == 200);
  CHECK(Ask(server, "GET", kVector).status == 400);
  CHECK(Ask(server, "POST", "/multi_search", kMulti).body ==
        R"({"results":[{"code":400,"error":"Field `vec` does not have a vector query index."}]})");
}

TEST_CASE("window: every kind of write waits for its end") {
  const std::vector<std::vector<std::string>> writes = {
      {"POST", "/collections/docs/documents/import?action=update", R"({"id":"1","n":9})"},
      {"POST", "/collections/docs/documents", R"({"id":"8","title":"t","n":1})"},
      {"PATCH", "/collections/docs/documents/1", R"({"n":9})"},
      {"PATCH", "/collections/docs/documents?filter_by=n:1", R"({"n":9})"},
      {"DELETE", "/collections/docs/documents/1", ""},
      {"DELETE", "/collections/docs/documents?filter_by=n:1", ""},
      {"DELETE", "/collections/docs", ""}};
  for (const auto& write : writes) {
    CAPTURE(write);
    TypesenseServer server(Slow(milliseconds(15)));
    FillDocs(server);
    auto drop = StartDrop(server);
    const int status = Ask(server, write[0], write[1], write[2]).status;
    CHECK(status / 100 == 2);
    CHECK_THAT(Changes(server), !ContainsSubstring("docs"));
    CHECK(drop.get().status == 200);
  }
}

TEST_CASE("window: other collections are written meanwhile") {
  TypesenseServer server(Slow(milliseconds(100)));
  FillDocs(server);
  server.CreateCollection(R"({"name":"other","fields":[{"name":"n","type":"int32"}]})");
  auto drop = StartDrop(server);
  CHECK(Ask(server, "POST", "/collections/other/documents", R"({"n":1})").status == 201);
  CHECK_THAT(Changes(server), ContainsSubstring("docs"));
  CHECK(drop.get().status == 200);
}

TEST_CASE("window: a change goes on when its client leaves") {
  TypesenseServer server(Slow(milliseconds(30)));
  FillDocs(server);
  {
    httplib::Client client(server.url());
    client.set_read_timeout(milliseconds(10));
    const httplib::Headers key = {{"X-TYPESENSE-API-KEY", kTestKey}};
    CHECK_FALSE(client.Patch("/collections/docs", key, kDrop, "application/json"));
  }
  const bool running = Changes(server) != "[]";
  while (Changes(server) != "[]") std::this_thread::yield();
  CHECK(running);
  CHECK_THAT(Ask(server, "GET", "/collections/docs").body, !ContainsSubstring("\"vec\""));
}

TEST_CASE("window: a server that goes away ends it at once, done") {
  TypesenseServer server(Slow(std::chrono::hours(1)));
  FillDocs(server);
  auto drop = StartDrop(server);
  server.SetReachable(false);
  drop.wait();  // with or without its answer
  server.SetReachable(true);
  CHECK(Ask(server, "GET", kVector).status == 400);
}

}  // namespace reembed::sandbox
