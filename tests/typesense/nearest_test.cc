#include "src/io/typesense/nearest.h"

#include "tests/support/catch2.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

TEST_CASE("nearest: numbers are written without exponents") {
  const Embedding vector = {0.5F, -1.0F, 1e-7F, 1e-40F, 2.5e9F, 0.1F, -0.0F};
  CHECK(VectorQueryText("vec", vector, 10) == "vec:([0.5,-1,0.0000001,0,2500000000,0.1,0], k:10)");
}

TEST_CASE("nearest: ids come in the server's order") {
  testing::ClientFixture fix;
  fix.http.Reply(200,
                 R"({"results":[{"found":2,"hits":[{"document":{"id":"b"},"vector_distance":0.1},)"
                 R"({"document":{"id":"a"}}]}]})");
  const Embedding vector = {1.0F, 0.0F};
  const auto ids = SearchNearest(
      ReadClient(fix.client),
      {.collection = "c", .field = "vec", .vector = vector, .count = 5, .filter_by = "n:1"},
      fix.stop);
  REQUIRE(ids.ok());
  CHECK(*ids == std::vector<std::string>{"b", "a"});
  CHECK(fix.http.sent()[0].body ==
        R"({"searches":[{"collection":"c","enable_analytics":"false","enable_overrides":"false",)"
        R"("filter_by":"n:1","include_fields":"id","limit_hits":"1000000","offset":"0",)"
        R"j("per_page":"5","q":"*","vector_query":"vec:([1,0], k:5)"}]})j");
}

TEST_CASE("nearest: a field without an index is refused with the server's words") {
  testing::ClientFixture fix;
  fix.http.Reply(200, R"({"results":[{"code":400,"error":"Field `v` is marked as a non-indexed )"
                      R"(field in the schema."}]})");
  const auto ids =
      SearchNearest(ReadClient(fix.client), {.collection = "c", .field = "v", .vector = {}}, {});
  CHECK(ids.error().kind == ErrorKind::kRefused);
  CHECK_THAT(ids.error().message, ContainsSubstring("non-indexed field"));
}

}  // namespace
}  // namespace reembed
