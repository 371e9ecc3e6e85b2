#include "src/io/typesense/node_counts.h"

#include "src/io/typesense/store_reader.h"
#include "tests/support/catch2.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

struct ClusterFixture : testing::ClientFixture {
  ClusterFixture() : ClientFixture(testing::Nodes({"http://a:1", "http://b:2", "http://c:3"})) {}
  TypesenseReader reader{ReadClient(client)};
};

TEST_CASE("node counts: one entry a node, and an error names its node") {
  ClusterFixture fix;
  fix.http.Reply(200, R"({"name":"docs","num_documents":7,"fields":[]})");
  fix.http.Fail(ErrorKind::kUnreachable, "b:2: connection refused");
  fix.http.Reply(503, R"({ "message": "Not Ready or Lagging"})");
  const auto counts = fix.reader.CountOnNodes("my docs", fix.stop);
  REQUIRE(counts.size() == 3);
  CHECK(*counts[0] == 7);
  CHECK_THAT(counts[1].error().message, ContainsSubstring("b:2"));
  CHECK_THAT(counts[2].error().message, ContainsSubstring("c:3"));
  CHECK(fix.http.lines() == std::vector<std::string>{"GET http://a:1/collections/my%20docs",
                                                     "GET http://b:2/collections/my%20docs",
                                                     "GET http://c:3/collections/my%20docs"});
  CHECK(fix.http.sent()[0].timeouts.total == Seconds(5));
  CHECK(fix.clock.waits().empty());
}

TEST_CASE("node counts: pending writes of each node") {
  ClusterFixture fix;
  fix.http.Reply(200, R"({"pending_write_batches":0})");
  fix.http.Reply(200, R"({"pending_write_batches":12})");
  fix.http.Reply(200, "{}");
  const auto pending = fix.reader.PendingOnNodes(fix.stop);
  REQUIRE(pending.size() == 3);
  CHECK(*pending[0] == 0);
  CHECK(*pending[1] == 12);
  CHECK(pending[2].error().kind == ErrorKind::kNotFound);
  CHECK_THAT(pending[2].error().message, ContainsSubstring("c:3"));
}

TEST_CASE("node counts: a nearest node that is among the others is asked once") {
  TypesenseConfig config = testing::Nodes({"http://a:1", "http://b:2"});
  config.nearest_node = "http://a:1";
  testing::ClientFixture fix(config);
  fix.http.Otherwise([](const HttpRequest&) {
    return HttpResponse{200, {}, R"({"pending_write_batches":0})"};
  });
  CHECK(TypesenseReader(ReadClient(fix.client)).PendingOnNodes(fix.stop).size() == 2);
}

}  // namespace
}  // namespace reembed
