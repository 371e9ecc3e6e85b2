#include "tests/sandbox/typesense_hooks.h"

#include "tests/sandbox/typesense_test_support.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

constexpr const char* kUpdate = "/collections/docs/documents/import?action=update";

TranscriptAnswer Import(TypesenseServer& server, int n) {
  return Ask(server, "POST", kUpdate, R"({"id":"1","n":)" + std::to_string(n) + "}");
}

bool Has(TypesenseServer& server, int n) {
  const std::string wanted = "\"n\":" + std::to_string(n) + ",";
  return server.ExportAll("docs").find(wanted) != std::string::npos;
}

}  // namespace

TEST_CASE("hooks: called back before the effect and after it") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  RequestHooks& hooks = server.controls().hooks();
  std::vector<std::string> seen;
  const auto note = [&](const std::string& when) {
    return [&, when](int nth) {
      seen.push_back(when + std::to_string(nth) +
                     (Has(server, 76 + nth) ? " there" : " not there"));
    };
  };
  hooks.On(Requests("POST", "/collections/docs/documents/import"), Moment::kArrived, note("in "));
  hooks.On(Requests("POST", "/collections/docs/documents/import"), Moment::kAnswered, note("out "));
  CHECK(Import(server, 77).status == 200);
  CHECK(Ask(server, "GET", "/collections/docs").status == 200);
  CHECK(Import(server, 78).status == 200);
  CHECK(seen ==
        std::vector<std::string>{"in 1 not there", "out 1 there", "in 2 not there", "out 2 there"});
}

TEST_CASE("hooks: the n-th answer is lost after its effect, the n-th request without one") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  RequestHooks& hooks = server.controls().hooks();
  hooks.LoseAnswer(Requests("POST", kUpdate), 2);
  hooks.LoseRequest(Requests("POST", kUpdate), 3);
  CHECK(Import(server, 77).status == 200);
  CHECK(Import(server, 78).status == 0);
  CHECK(Has(server, 78));
  CHECK(Import(server, 79).status == 0);
  CHECK_FALSE(Has(server, 79));
  CHECK(Import(server, 80).status == 200);
}

TEST_CASE("hooks: a callback may ask the server itself, and forget them all") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  RequestHooks& hooks = server.controls().hooks();
  int status = 0;
  hooks.On(Writes(), Moment::kArrived, [&](int) {
    hooks.Clear();
    status = Ask(server, "GET", "/collections/docs").status;
  });
  CHECK(Import(server, 77).status == 200);
  CHECK(status == 200);
  status = 0;
  Import(server, 78);
  CHECK(status == 0);
}

TEST_CASE("hooks: what counts as a request of a kind") {
  CHECK(Requests("", "/a")("GET", "/a/b?c"));
  CHECK(Requests("GET", "/a")("GET", "/a"));
  CHECK_FALSE(Requests("GET", "/a")("PUT", "/a"));
  CHECK_FALSE(Requests("GET", "/a")("GET", "/b/a"));
  CHECK(Writes()("PUT", "/aliases/a"));
  CHECK_FALSE(Writes()("GET", "/collections"));
  CHECK_FALSE(Writes()("POST", "/multi_search?x"));
}

}  // namespace reembed::sandbox
