#include "src/io/typesense/search_query.h"

#include "tests/support/catch2.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

const SearchQuery kQuery{.collection = "a/b",
                         .filter_by = "is_default:=false && x:=`y z`",
                         .fields = {"title", "meta.text"},
                         .sort_by = "_seq_id:asc",
                         .offset = 249};

TEST_CASE("search query: names, filters and fields are percent-encoded") {
  CHECK(SearchTarget(kQuery) ==
        "/collections/a%2Fb/documents/search?q=%2A&per_page=250&offset=249&limit_hits=1000000"
        "&include_fields=id%2Ctitle%2Cmeta.text&enable_overrides=false&enable_analytics=false"
        "&sort_by=_seq_id%3Aasc&filter_by=is_default%3A%3Dfalse%20%26%26%20x%3A%3D%60y%20z%60");
}

TEST_CASE("search query: what is not asked is not sent") {
  CHECK(SearchTarget({.collection = "c", .per_page = 0}) ==
        "/collections/c/documents/search?q=%2A&per_page=0&offset=0&limit_hits=1000000"
        "&include_fields=id&enable_overrides=false&enable_analytics=false");
}

TEST_CASE("search query: whole documents are not asked for by field") {
  CHECK(SearchTarget({.collection = "c", .fields = {"t"}, .whole = true}) ==
        "/collections/c/documents/search?q=%2A&per_page=250&offset=0&limit_hits=1000000"
        "&enable_overrides=false&enable_analytics=false");
}

TEST_CASE("search query: the same parameters in a multi search") {
  CHECK(MultiSearchBody({&kQuery, 1}) ==
        R"({"searches":[{"collection":"a/b","enable_analytics":"false",)"
        R"("enable_overrides":"false","filter_by":"is_default:=false && x:=`y z`",)"
        R"("include_fields":"id,title,meta.text","limit_hits":"1000000","offset":"249",)"
        R"("per_page":"250","q":"*","sort_by":"_seq_id:asc"}]})");
}

TEST_CASE("search query: several searches in one body") {
  const SearchQuery queries[] = {{.collection = "a", .vector_query = "v:([1], k:2)"},
                                 {.collection = "b", .filter_by = "id:[`x`]", .per_page = 0}};
  CHECK(MultiSearchBody(queries) ==
        R"({"searches":[{"collection":"a","enable_analytics":"false",)"
        R"("enable_overrides":"false","include_fields":"id","limit_hits":"1000000","offset":"0",)"
        R"j("per_page":"250","q":"*","vector_query":"v:([1], k:2)"},)j"
        R"({"collection":"b","enable_analytics":"false","enable_overrides":"false",)"
        R"("filter_by":"id:[`x`]","include_fields":"id","limit_hits":"1000000","offset":"0",)"
        R"("per_page":"0","q":"*"}]})");
}

TEST_CASE("search query: the address of a document") {
  CHECK(DocumentTarget("a/b", "x y", "id,t") ==
        "/collections/a%2Fb/documents/x%20y?include_fields=id%2Ct");
  CHECK(DocumentTarget("c", "import") == "/collections/c/documents/%69%6D%70%6F%72%74");
  CHECK(DocumentTarget("c", "export", "id") ==
        "/collections/c/documents/%65%78%70%6F%72%74?include_fields=id");
}

TEST_CASE("search query: 3,900 bytes of query string are the most that goes by GET") {
  CHECK(FitsGet("/x?" + std::string(3'899, 'a')));
  CHECK_FALSE(FitsGet("/x?" + std::string(3'900, 'a')));
}

TEST_CASE("search query: a long filter goes by multi search") {
  testing::ClientFixture fix;
  fix.http.Reply(200, R"({"results":[{"found":3,"hits":[],"search_cutoff":false}]})");
  const SearchQuery query{.collection = "c", .filter_by = "id:[" + std::string(4'000, 'x') + "]"};
  const auto page = RunSearch(ReadClient(fix.client), query, {}, fix.stop);
  REQUIRE(page.ok());
  CHECK(page->found == 3);
  CHECK(fix.http.lines() == std::vector<std::string>{"POST http://ts:8108/multi_search"});
  CHECK(fix.http.sent()[0].body == MultiSearchBody({&query, 1}));
}

TEST_CASE("search query: a search that was cut off is asked again") {
  testing::ClientFixture fix;
  fix.http.Reply(200, R"({"found":3,"hits":[],"search_cutoff":true})");
  fix.http.Reply(200, R"({"found":3,"hits":[],"search_cutoff":false})");
  REQUIRE(RunSearch(ReadClient(fix.client), {.collection = "c"}, {}, fix.stop).ok());
  CHECK(fix.clock.waits() == testing::InSeconds({1}));
}

TEST_CASE("search query: an item that says 503 is waited for like a 503") {
  testing::ClientFixture fix;
  fix.http.Reply(200, R"({"results":[{"code":503,"error":"Not Ready or Lagging"}]})");
  fix.http.Reply(200, R"({"results":[{"found":1,"hits":[]}]})");
  const SearchQuery query{.collection = "c", .filter_by = std::string(4'000, 'x')};
  REQUIRE(RunSearch(ReadClient(fix.client), query, {}, fix.stop).ok());
  CHECK(fix.clock.waits() == testing::InSeconds({1}));
}

}  // namespace
}  // namespace reembed
