#include "tests/sandbox/typesense_server.h"

#include <future>

#include "tests/sandbox/typesense_test_support.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

constexpr const char* kUpdate = "/collections/docs/documents/import?action=update&return_id=true";
constexpr const char* kTwoLines = "{\"id\":\"1\",\"vec\":[0,1]}\n{\"id\":\"9\",\"n\":1}";

}  // namespace

TEST_CASE("typesense double: direct access sees what clients see") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  const auto exported = Ask(server, "GET", "/collections/docs/documents/export");
  CHECK(exported.body == server.ExportAll("docs"));
  CHECK(server.ExportAll("docs") == R"({"id":"1","n":1,"title":"red fox","vec":[1,0]})"
                                    "\n"
                                    R"({"id":"2","n":2,"title":"Red wine","vec":[0,1]})"
                                    "\n"
                                    R"({"id":"3","n":3,"title":"blue sea","vec":[1,1]})");
  CHECK(server.ExportAll("nope") == "{\"message\": \"Collection not found\"}");
}

TEST_CASE("typesense double: remembers its requests") {
  TypesenseServer server({kTestKey});
  Ask(server, "GET", "/nope?a=%20");
  Ask(server, "POST", "/collections", "{}");
  REQUIRE(server.requests().size() == 2);
  CHECK(server.requests()[0].target == "/nope?a=%20");
  CHECK(server.requests()[0].status == 404);
  CHECK(server.requests()[1].method == "POST");
  CHECK(server.requests()[1].body_bytes == 2);
  server.ClearRequests();
  CHECK(server.requests().empty());
}

TEST_CASE("typesense double: readiness gates all but the status routes") {
  TypesenseServer server({kTestKey});
  server.controls().SetReadiness(false);
  CHECK(Ask(server, "GET", "/health").body == "{\"ok\":false}");
  CHECK(Ask(server, "GET", "/health").status == 503);
  CHECK(Ask(server, "GET", "/collections").body == "{ \"message\": \"Not Ready or Lagging\"}");
  CHECK(Ask(server, "GET", "/debug").status == 200);
  server.controls().SetReadiness(true);
  CHECK(Ask(server, "GET", "/collections").status == 200);
}

TEST_CASE("typesense double: unreachable it refuses connections, and keeps data and port") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  const std::string before = server.ExportAll("docs");
  const int port = server.port();
  for (int i = 0; i < 3; ++i) {
    server.SetReachable(false);
    server.SetReachable(false);
    CHECK(Ask(server, "GET", "/collections").status == 0);
    server.SetReachable(true);
    server.SetReachable(true);
    CHECK(Ask(server, "GET", "/collections/docs/documents/export").body == before);
  }
  CHECK(server.port() == port);
}

TEST_CASE("typesense double: bursts of 503 and refused writes end by themselves") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  server.controls().AnswerNotReady(1, true);
  CHECK(Ask(server, "GET", "/collections/docs").status == 200);
  CHECK(Ask(server, "POST", kUpdate, kTwoLines).status == 503);
  server.controls().RejectWrites(1, 422,
                                 "Rejecting write: running out of resource type: OUT_OF_DISK");
  CHECK(Ask(server, "POST", kUpdate, kTwoLines).body ==
        "{\"message\": \"Rejecting write: running out of resource type: OUT_OF_DISK\"}");
  CHECK(Ask(server, "POST", kUpdate, kTwoLines).status == 200);
}

TEST_CASE("typesense double: a body of a strange shape is a bad request") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  const std::string change = R"({"fields":[{"name":5,"drop":true}]})";
  CHECK(Ask(server, "PATCH", "/collections/docs", change).body ==
        "{\"message\": \"Bad request.\"}");
}

TEST_CASE("typesense double: a key with few rights") {
  TypesenseServer server({kTestKey});
  server.controls().FailAuthFor("/stats.json");
  CHECK(Ask(server, "GET", "/stats.json").status == 401);
  CHECK(Ask(server, "GET", "/debug").status == 200);
}

TEST_CASE("typesense double: an import is applied although its answer is lost") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  server.controls().DropConnectionAfterNextImport();
  CHECK(Ask(server, "POST", kUpdate, R"({"id":"1","n":77})").status == 0);
  CHECK_THAT(server.ExportAll("docs"), ContainsSubstring("\"n\":77"));
  CHECK(Ask(server, "POST", kUpdate, R"({"id":"1","n":78})").status == 200);
}

TEST_CASE("typesense double: short import answers") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  server.controls().ShortImportAnswer(ShortAnswer::kOneLineFewer);
  CHECK(Ask(server, "POST", kUpdate, kTwoLines).body == R"({"id":"1","success":true})");
  server.controls().ShortImportAnswer(ShortAnswer::kLastLineBlank);
  CHECK(Ask(server, "POST", kUpdate, kTwoLines).body == "{\"id\":\"1\",\"success\":true}\n");
}

TEST_CASE("typesense double: failures echo the document as old servers do") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  server.controls().EchoDocumentInFailures(true);
  CHECK(Ask(server, "POST", kUpdate, R"({"id":"9","n":1})").body ==
        R"({"code":404,"document":"{\"id\":\"9\",\"n\":1}",)"
        R"("error":"Could not find a document with id: 9","id":"9","success":false})");
}

TEST_CASE("typesense double: exports that end too early") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  const std::string path = "/collections/docs/documents/export?include_fields=id";
  server.controls().CutNextExport(2);
  CHECK(Ask(server, "GET", path).status == 0);
  server.controls().ShortenNextExport(2);
  CHECK(Ask(server, "GET", path).body == "{\"id\":\"1\"}\n{\"id\":\"2\"}");
  CHECK(Ask(server, "GET", path).body == "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}");
}

TEST_CASE("typesense double: exports that are spoilt") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  const std::string path = "/collections/docs/documents/export?include_fields=id";
  server.controls().CutNextExportInLine(1);
  CHECK(Ask(server, "GET", path).status == 0);
  server.controls().BreakNextExport(1, "Not Ready");
  CHECK(Ask(server, "GET", path).body == "{\"id\":\"1\"}\nNot Ready\n{\"id\":\"3\"}");
  server.controls().ShortenNextExport(0, 2);
  for (int i = 0; i < 2; ++i) CHECK(Ask(server, "GET", path).body.empty());
  CHECK(Ask(server, "GET", path).body == "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}");
}

TEST_CASE("typesense double: sorting by sequence can be refused") {
  TypesenseServer server({kTestKey});
  FillDocs(server);
  const std::string path = "/collections/docs/documents/search?q=*&sort_by=_seq_id:asc";
  CHECK(Ask(server, "GET", path).status == 200);
  server.controls().RefuseSeqIdSort(true);
  CHECK(Ask(server, "GET", path).status == 404);
}

TEST_CASE("typesense double: shows the pending write batches it is told") {
  TypesenseServer server({kTestKey});
  server.controls().SetPendingWriteBatches(12);
  CHECK_THAT(Ask(server, "GET", "/stats.json").body,
             ContainsSubstring("\"pending_write_batches\": 12"));
}

TEST_CASE("typesense double: a sink answers without storing") {
  TypesenseOptions options{kTestKey};
  options.sink = true;
  TypesenseServer server(options);
  FillDocs(server);
  CHECK(Ask(server, "POST", kUpdate, "{\"id\":\"a\\\"b\",\"n\":1}\n\n{\"n\":1}\n").body ==
        "{\"id\":\"a\\\"b\",\"success\":true}\n{\"success\":true}");
  CHECK_THAT(server.ExportAll("docs"), !ContainsSubstring("a\\\"b"));
}

TEST_CASE("typesense double: the write delay counts new vectors only") {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  TypesenseOptions options{kTestKey};
  options.write_delay = milliseconds(30);
  TypesenseServer server(options);
  FillDocs(server);
  const auto start = steady_clock::now();
  Ask(server, "POST", kUpdate,
      "{\"id\":\"1\",\"vec\":[5,6]}\n{\"id\":\"2\",\"vec\":[7,8]}\n{\"id\":\"3\",\"n\":5}");
  CHECK(steady_clock::now() - start >= milliseconds(60));
}

TEST_CASE("typesense double: stopping interrupts a write delay") {
  TypesenseOptions options{kTestKey};
  options.write_delay = std::chrono::hours(1);
  auto server = std::make_unique<TypesenseServer>(options);
  FillDocs(*server);
  const std::string url = server->url();
  std::promise<void> sent;
  const auto import = std::async(std::launch::async, [&] {
    TranscriptStep step;
    step.method = "POST";
    step.path = kUpdate;
    step.auth = "valid";
    step.request_body = R"({"id":"1","vec":[5,6]})";
    sent.set_value();
    return SendStep(url, kTestKey, step).status;
  });
  sent.get_future().wait();
  server.reset();
  CHECK(import.wait_for(std::chrono::minutes(1)) == std::future_status::ready);
}

}  // namespace reembed::sandbox
