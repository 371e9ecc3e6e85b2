#include "tests/sandbox/typesense_search.h"

#include <nlohmann/json.hpp>

#include "tests/sandbox/typesense_test_support.h"
#include "tests/sandbox/typesense_url.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

// The ids a search of "docs" finds, one after the other.
std::string Found(const TypesenseServer& server, const std::string& query) {
  const std::string path = "/collections/docs/documents/search?" + query;
  const auto body = nlohmann::json::parse(Ask(server, "GET", path).body);
  std::string ids;
  for (const auto& hit : body.at("hits")) ids += hit.at("document").at("id").get<std::string>();
  return ids;
}

std::string Nearest(const TypesenseServer& server, const std::string& collection,
                    const std::string& vector_query) {
  return Ask(server, "POST", "/multi_search",
             "{\"searches\":[{\"collection\":\"" + collection + "\",\"vector_query\":\"" +
                 vector_query + "\"}]}")
      .body;
}

}  // namespace

TEST_CASE("target: splits before it decodes, and a plus is a space") {
  const Target target = ParseTarget("/a%2Fb//c+d/?x=1%202&filter_by=p&filter_by=q&x=3+4");
  CHECK(target.raw_segments == std::vector<std::string>{"a%2Fb", "c+d"});
  CHECK(target.segments == std::vector<std::string>{"a/b", "c d"});
  CHECK(Param(target.params, "x") == "3 4");
  CHECK(Param(target.params, "filter_by") == "p&&q");
  CHECK(Param(target.params, "none", "fallback") == "fallback");
}

TEST_CASE("target: broken escapes stay as they are") {
  CHECK(ParseTarget("/100%").segments == std::vector<std::string>{"100%"});
  CHECK(ParseTarget("/%zz%4").segments == std::vector<std::string>{"%zz%4"});
}

TEST_CASE("search: words in any case, the last one as a prefix") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  CHECK(Found(server, "q=red&query_by=title&per_page=1") == "2");
  CHECK(Found(server, "q=red+fo&query_by=title") == "1");
  CHECK(Found(server, "q=re+fox&query_by=title") == "");
}

TEST_CASE("search: filters combine with words and pages") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  CHECK(Found(server, "q=*&filter_by=n:%3E=2&per_page=1&page=2") == "2");
  CHECK(Found(server, "q=red&query_by=title&filter_by=n:1") == "1");
  CHECK(Found(server, "q=*&filter_by=n:%3C3%26%26(id:3%7C%7Cid:1)") == "1");
  CHECK(Found(server, "q=*&filter_by=n:!=[1,3]") == "2");
  CHECK(Found(server, "q=*&filter_by=title:=%60Red+wine%60") == "2");
}

TEST_CASE("search: sorts by a number and continues over pages") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  CHECK(Found(server, "q=*&sort_by=n:asc&per_page=2&page=2") == "3");
  CHECK(Found(server, "q=*&sort_by=_seq_id:asc&offset=1&limit=1") == "2");
}

TEST_CASE("search: nearest vectors, from a document too") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  const std::string near = Nearest(server, "docs", "vec:([1,0], k:2)");
  CHECK_THAT(near, ContainsSubstring("\"found\":2"));
  CHECK_THAT(near, ContainsSubstring("\"vector_distance\":0.0"));
  CHECK_THAT(Nearest(server, "docs", "vec:([], id:1, k:1)"), ContainsSubstring("\"id\":\"3\""));
}

TEST_CASE("search: inner products may be negative, and are then left out") {
  TypesenseServer server({kTestKey});
  server.CreateCollection(
      R"({"name":"ip","fields":[{"name":"v","type":"float[]","num_dim":2,"vec_dist":"ip"}]})");
  server.Import("ip", R"({"id":"1","v":[3,0]})", "create");
  const std::string found = Nearest(server, "ip", "v:([1,0], k:1)");
  CHECK_THAT(found, ContainsSubstring("\"found\":1"));
  CHECK_THAT(found, !ContainsSubstring("vector_distance"));
}

}  // namespace reembed::sandbox
