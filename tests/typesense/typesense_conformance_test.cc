// The Typesense client over real HTTP: the store suite against the sandbox (and a real server when
// TYPESENSE_LIVE_URL and TYPESENSE_LIVE_API_KEY are set), and what only the sandbox can be made to
// do.
#include <cstdlib>

#include "src/io/http/curl_transport.h"
#include "src/io/typesense/store_reader.h"
#include "src/io/typesense/store_writer.h"
#include "tests/sandbox/typesense_server.h"
#include "tests/support/catch2.h"
#include "tests/support/store_suite.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

using testing::FetchAll;
using testing::InSeconds;
using testing::Ready;
using testing::StoreAccess;

// The client on curl, with a clock whose waits take no time.
struct LiveStore {
  LiveStore(const std::string& url, const Secret& key)
      : http(MakeCurlTransport({})),
        access(*http, url, key),
        client(Config(url, key), Seconds(1800),
               {.http = *http, .clock = clock, .activity = activity, .log = log}, Redactor({key})) {
  }

  static TypesenseConfig Config(const std::string& url, const Secret& key) {
    TypesenseConfig config = testing::Nodes({url});
    config.api_key = key;
    return config;
  }

  std::unique_ptr<HttpTransport> http;
  testing::FakeClock clock;
  testing::RecordingActivity activity;
  testing::RecordingLog log;
  StoreAccess access;
  TypesenseClient client;
  TypesenseReader reader{ReadClient(client)};
  TypesenseWriter writer{client};
};

struct SandboxStore {
  SandboxStore() {
    access.Create("docs", R"("fields":[{"name":"title","type":"string"},)"
                          R"({"name":"vec","type":"float[]","num_dim":3,"optional":true}])");
    for (int i = 0; i < 300; ++i) {
      lines += R"({"id":")" + std::to_string(i) + R"(","title":"t"})" + "\n";
    }
    access.Import("docs", lines);
  }

  Result<std::vector<UpdateOutcome>> Apply() {
    const std::vector<ReadyDocument> documents = {Ready("1", 1), Ready("none", 2), Ready("2", 3)};
    return store.writer.MakeUpdater({.collection = "docs", .field = "vec"})->Apply(documents, {});
  }

  void CheckWritten(const Result<std::vector<UpdateOutcome>>& outcomes) {
    REQUIRE(outcomes.ok());
    CHECK((*outcomes)[0].state == UpdateState::kWritten);
    CHECK((*outcomes)[1].state == UpdateState::kDeleted);
    CHECK((*outcomes)[2].state == UpdateState::kWritten);
    CHECK(*store.reader.ReadVector("docs", "vec", "2", {}) == Embedding{3.0F, 0.1F, -2.5F});
  }

  sandbox::TypesenseServer server{{.api_key = "sandbox-key"}};
  LiveStore store{server.url(), Secret("sandbox-key")};
  StoreAccess& access = store.access;
  std::string lines;
  FetchSpec everything{.collection = "docs", .fields = {}, .filter_by = {}, .is_known = nullptr};
};

TEST_CASE("conformance: the store suite against the sandbox") {
  sandbox::TypesenseServer server({.api_key = "sandbox-key"});
  LiveStore store(server.url(), Secret("sandbox-key"));
  testing::RunStoreSuite(store.access, store.reader, store.writer);
}

TEST_CASE("conformance: the store suite against a real server, where one is given") {
  const char* url = std::getenv("TYPESENSE_LIVE_URL");
  const char* key = std::getenv("TYPESENSE_LIVE_API_KEY");
  if (url == nullptr || key == nullptr) return;
  LiveStore store(url, Secret(key));
  testing::RunStoreSuite(store.access, store.reader, store.writer);
}

TEST_CASE("conformance: a wrong key is refused by reads and writes") {
  SandboxStore sandbox;
  LiveStore wrong(sandbox.server.url(), Secret("another-key"));
  CHECK(wrong.reader.Describe("docs", {}).error().kind == ErrorKind::kRefused);
  const std::vector<ReadyDocument> documents = {Ready("1", 1)};
  const auto updater = wrong.writer.MakeUpdater({.collection = "docs", .field = "vec"});
  CHECK(updater->Apply(documents, {}).error().kind == ErrorKind::kRefused);
}

TEST_CASE("conformance: a key without the right to list aliases") {
  SandboxStore sandbox;
  sandbox.server.controls().FailAuthFor("/aliases");
  CHECK(sandbox.store.reader.Aliases({}).error().kind == ErrorKind::kRefused);
}

TEST_CASE("conformance: a burst of 503 is waited for") {
  SandboxStore sandbox;
  sandbox.server.controls().AnswerNotReady(4);
  CHECK(FetchAll(sandbox.store.reader, sandbox.everything).size() == 300);
  sandbox.server.controls().AnswerNotReady(3, true);
  sandbox.CheckWritten(sandbox.Apply());
  CHECK(sandbox.store.clock.waits() == InSeconds({1, 2, 4, 8, 1, 2, 4}));
}

TEST_CASE("conformance: an import whose connection is lost is sent again") {
  SandboxStore sandbox;
  sandbox.server.controls().DropConnectionAfterNextImport(2);
  sandbox.CheckWritten(sandbox.Apply());
}

TEST_CASE("conformance: short and blank import answers are sent again") {
  SandboxStore sandbox;
  sandbox.server.controls().ShortImportAnswer(sandbox::ShortAnswer::kOneLineFewer, 2);
  sandbox.CheckWritten(sandbox.Apply());
  sandbox.server.controls().ShortImportAnswer(sandbox::ShortAnswer::kLastLineBlank);
  sandbox.CheckWritten(sandbox.Apply());
  CHECK(sandbox.store.clock.waits() == InSeconds({1, 2, 1}));
}

TEST_CASE("conformance: the echo of old versions does no harm") {
  SandboxStore sandbox;
  sandbox.server.controls().EchoDocumentInFailures(true);
  sandbox.CheckWritten(sandbox.Apply());
}

TEST_CASE("conformance: a full disk is refused with a remedy") {
  SandboxStore sandbox;
  sandbox.server.controls().RejectWrites(
      1, 422, "Rejecting write: running out of resource type: OUT_OF_DISK");
  const auto outcomes = sandbox.Apply();
  REQUIRE_FALSE(outcomes.ok());
  CHECK(outcomes.error().kind == ErrorKind::kRefused);
  CHECK_THAT(outcomes.error().message, ContainsSubstring("free disk"));
}

TEST_CASE("conformance: a collection dropped in mid-run") {
  SandboxStore sandbox;
  sandbox.access.Drop("docs");
  CHECK(sandbox.Apply().error().kind == ErrorKind::kRefused);
  const auto fetcher = sandbox.store.reader.MakeFetcher(sandbox.everything);
  CHECK(fetcher->NextPage({}).error().kind == ErrorKind::kNotFound);
}

TEST_CASE("conformance: a server that refuses _seq_id") {
  SandboxStore sandbox;
  sandbox.server.controls().RefuseSeqIdSort(true);
  const auto ids = FetchAll(sandbox.store.reader, sandbox.everything);
  CHECK(ids.size() == 300);
  CHECK(ids.front() == "299");
}

TEST_CASE("conformance: reading sends GET and POST /multi_search, nothing else") {
  SandboxStore sandbox;
  sandbox.server.ClearRequests();
  sandbox.everything.filter_by = "id:!=[" + std::string(4'000, 'x') + "]";
  CHECK(FetchAll(sandbox.store.reader, sandbox.everything).size() == 300);
  sandbox.everything.filter_by.clear();
  CHECK(FetchAll(sandbox.store.reader, sandbox.everything).size() == 300);
  CHECK(sandbox.store.reader.Describe("docs", {}).ok());
  const std::vector<std::string> ids = {"1", "none", "a`b"};
  sandbox.everything.filter_by = "title:=other";
  CHECK(sandbox.store.reader.MakeLookup(sandbox.everything)->Find(ids, {})->front().state ==
        LookupState::kOutsideFilter);
  const Embedding vector = {1.0F, 0.0F, 0.0F};
  CHECK(
      sandbox.store.reader.FindNearest({.collection = "docs", .field = "vec", .vector = vector}, {})
          .ok());
  CHECK(sandbox.store.reader.Nodes({}).size() == 1);
  std::vector<std::string> others;
  for (const sandbox::RecordedRequest& request : sandbox.server.requests()) {
    const bool reads = request.method == "GET" || request.target == "/multi_search";
    if (!reads) others.push_back(request.method + " " + request.target);
  }
  CHECK(others == std::vector<std::string>{});
}

TEST_CASE("conformance: a node that lags, and a key that may not see statistics") {
  SandboxStore sandbox;
  sandbox.server.controls().SetReadiness(false);
  sandbox.server.controls().FailAuthFor("/debug");
  const std::vector<NodeStatus> nodes = sandbox.store.reader.Nodes({});
  REQUIRE(nodes.size() == 1);
  CHECK(nodes[0].url == sandbox.server.url().substr(7));
  CHECK_FALSE(nodes[0].healthy);
  CHECK_THAT(nodes[0].trouble, ContainsSubstring("says 503 to /health"));
  CHECK(nodes[0].version.empty());
  CHECK(sandbox.store.clock.waits().empty());
}

TEST_CASE("conformance: fields are given back through lost connections and short answers") {
  SandboxStore sandbox;
  sandbox.server.controls().DropConnectionAfterNextImport(2);
  sandbox.server.controls().ShortImportAnswer(sandbox::ShortAnswer::kOneLineFewer);
  const auto restorer = sandbox.store.writer.MakeRestorer({.collection = "docs", .field = "vec"});
  const std::vector<RestoredField> values = {{"1", {"[1.0,2,3]", 0}}, {"none", {"null", 0}}};
  const auto outcomes = restorer->Apply(values, {});
  REQUIRE(outcomes.ok());
  CHECK((*outcomes)[0].state == UpdateState::kWritten);
  CHECK((*outcomes)[1].state == UpdateState::kDeleted);
  CHECK(*sandbox.store.reader.ReadVector("docs", "vec", "1", {}) == Embedding{1.0F, 2.0F, 3.0F});
}

TEST_CASE("conformance: nobody listens") {
  std::string url;
  {
    const sandbox::TypesenseServer server({.api_key = "sandbox-key"});
    url = server.url();
  }
  LiveStore store(url, Secret("sandbox-key"));
  const auto schema = store.reader.Describe("docs", {});
  REQUIRE_FALSE(schema.ok());
  CHECK(schema.error().kind == ErrorKind::kUnreachable);
  CHECK_THAT(schema.error().message, ContainsSubstring(url.substr(7)));
}

}  // namespace
}  // namespace reembed
