#include "src/io/typesense/node_status.h"

#include "tests/support/catch2.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

constexpr const char* kMetrics =
    R"({"system_disk_total_bytes": "1000", "system_disk_used_bytes": "400",)"
    R"( "system_memory_total_bytes": "64", "system_memory_used_bytes": "70"})";

// The statuses of a cluster whose first answers are scripted.
struct NodesFixture : testing::ClientFixture {
  using testing::ClientFixture::ClientFixture;
  std::vector<NodeStatus> Read() { return ReadNodes(ReadClient(client), stop); }
};

TEST_CASE("node status: health, version and free room") {
  NodesFixture fix;
  fix.http.Reply(200, R"({"ok":true})");
  fix.http.Reply(200, R"({"state":1,"version":"29.0"})");
  fix.http.Reply(200, kMetrics);
  const auto nodes = fix.Read();
  REQUIRE(nodes.size() == 1);
  CHECK(nodes[0].url == "ts:8108");
  CHECK(nodes[0].healthy);
  CHECK(nodes[0].trouble.empty());
  CHECK(nodes[0].version == "29.0");
  CHECK(nodes[0].disk_free_bytes == 600);
  CHECK(nodes[0].memory_free_bytes == 0);  // more used than there is
  CHECK(fix.http.lines() == std::vector<std::string>{"GET http://ts:8108/health",
                                                     "GET http://ts:8108/debug",
                                                     "GET http://ts:8108/metrics.json"});
  CHECK(fix.http.sent()[1].timeouts.total == Seconds(5));
}

TEST_CASE("node status: a key that may see nothing, and metrics of another shape") {
  NodesFixture fix;
  const char* bodies[] = {"{}", "[]", "<html>", R"({"system_disk_total_bytes":1000})"};
  for (const char* body : bodies) {
    CAPTURE(body);
    fix.http.Reply(200, R"({"ok":true})");
    fix.http.Reply(401, R"({"message": "Forbidden"})");
    fix.http.Reply(200, body);
    const auto nodes = fix.Read();
    CHECK(nodes[0].healthy);
    CHECK(nodes[0].version.empty());
    CHECK_FALSE(nodes[0].disk_free_bytes.has_value());
    CHECK_FALSE(nodes[0].memory_free_bytes.has_value());
  }
}

TEST_CASE("node status: trouble in the answer to /health") {
  struct Case {
    int status;
    const char* body;
    bool healthy;
    const char* trouble;
  };
  const Case cases[] = {
      {503, R"({"ok":false})", false,
       "says 503 to /health: it starts, or it lags behind the cluster"},
      {200, R"({"ok":true,"resource_error":"OUT_OF_DISK"})", true,
       "runs out of disk, so it refuses writes: make room there"},
      {503, R"({"ok":false,"resource_error":"OUT_OF_MEMORY"})", false,
       "says 503 to /health: it starts, or it lags behind the cluster; it runs out of memory, so "
       "it refuses writes: give it more"},
      {200, "<html>", false, "answers 200 to /health, and not as Typesense does (<html>)"},
      {502, "ts-secret-key", false, "answers 502 to /health, and not as Typesense does (***)"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.body);
    NodesFixture fix;
    fix.http.Reply(each.status, each.body);
    fix.http.Reply(200, R"({"version":"29.0"})");
    fix.http.Reply(200, kMetrics);
    const auto nodes = fix.Read();
    CHECK(nodes[0].healthy == each.healthy);
    CHECK(nodes[0].trouble == each.trouble);
    CHECK(nodes[0].version == "29.0");
  }
}

TEST_CASE("node status: every node is asked itself, once, and one that is away costs no others") {
  TypesenseConfig config = testing::Nodes({"http://a:8108", "http://b:8108"});
  config.nearest_node = "http://a:8108";
  NodesFixture fix(config);
  fix.http.Fail(ErrorKind::kUnreachable, "no connection to a:8108");
  fix.http.Reply(200, R"({"ok":true})");
  fix.http.Reply(200, R"({"version":"29.0"})");
  fix.http.Reply(401, "");
  const auto nodes = fix.Read();
  REQUIRE(nodes.size() == 2);
  CHECK_FALSE(nodes[0].healthy);
  CHECK(nodes[0].trouble == "no connection to a:8108");
  CHECK(nodes[1].url == "b:8108");
  CHECK(nodes[1].healthy);
  CHECK(fix.http.lines()[1] == "GET http://b:8108/health");
  CHECK(fix.clock.waits().empty());
}

TEST_CASE("node status: a nearest node of its own is the last entry") {
  TypesenseConfig config = testing::Nodes({"http://a:8108"});
  config.nearest_node = "http://near:8108";
  NodesFixture fix(config);
  fix.http.Otherwise([](const HttpRequest&) { return HttpResponse{200, {}, R"({"ok":true})"}; });
  const auto nodes = fix.Read();
  REQUIRE(nodes.size() == 2);
  CHECK(nodes[0].url == "a:8108");
  CHECK(nodes[1].url == "near:8108");
}

}  // namespace
}  // namespace reembed
