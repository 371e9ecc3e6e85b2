#include "tests/sandbox/typesense_test_support.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

constexpr const char* kDocument = "/collections/docs/documents/1";

}  // namespace

TEST_CASE("nodes: all serve and change the same data") {
  TypesenseServer leader({kTestKey});
  TypesenseServer follower({kTestKey}, leader);
  FillDocs(leader);
  CHECK(leader.port() != follower.port());
  CHECK(Ask(follower, "PATCH", kDocument, R"({"n":55})").status == 200);
  CHECK(leader.ExportAll("docs") == follower.ExportAll("docs"));
  CHECK_THAT(leader.ExportAll("docs"), ContainsSubstring("\"n\":55"));
}

TEST_CASE("nodes: each shows its own count and backlog, and fails by itself") {
  TypesenseServer leader({kTestKey});
  TypesenseServer follower({kTestKey}, leader);
  FillDocs(leader);
  follower.controls().ShowCount("docs", 2);
  follower.controls().SetPendingWriteBatches(3);
  const std::string path = "/collections/docs";
  CHECK_THAT(Ask(leader, "GET", path).body, ContainsSubstring("\"num_documents\":3"));
  CHECK_THAT(Ask(follower, "GET", path).body, ContainsSubstring("\"num_documents\":2"));
  CHECK_THAT(Ask(leader, "GET", "/stats.json").body,
             ContainsSubstring("\"pending_write_batches\": 0"));
  CHECK_THAT(Ask(follower, "GET", "/stats.json").body,
             ContainsSubstring("\"pending_write_batches\": 3"));
  follower.controls().ShowCount("docs", std::nullopt);
  CHECK_THAT(Ask(follower, "GET", path).body, ContainsSubstring("\"num_documents\":3"));
  follower.SetReachable(false);
  CHECK(Ask(leader, "GET", path).status == 200);
}

TEST_CASE("nodes: free memory is what it is told") {
  TypesenseServer server({kTestKey});
  server.controls().SetFreeMemory(1'000'000);
  const std::string small = Ask(server, "GET", "/metrics.json").body;
  CHECK_THAT(small, ContainsSubstring("\"system_memory_total_bytes\": \"16000000000\""));
  CHECK_THAT(small, ContainsSubstring("\"system_memory_used_bytes\": \"15999000000\""));
  server.controls().SetFreeMemory(20'000'000'000);
  const std::string large = Ask(server, "GET", "/metrics.json").body;
  CHECK_THAT(large, ContainsSubstring("\"system_memory_total_bytes\": \"20000000000\""));
  CHECK_THAT(large, ContainsSubstring("\"system_memory_used_bytes\": \"0\""));
}

}  // namespace reembed::sandbox
