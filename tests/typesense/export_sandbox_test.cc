// The export scan over real HTTP, against the sandbox and the ways in which it can be made to fail.
#include <chrono>
#include <random>
#include <set>

#include "src/io/http/curl_transport.h"
#include "src/io/typesense/export_scan.h"
#include "tests/sandbox/typesense_server.h"
#include "tests/support/catch2.h"
#include "tests/support/recording_visitor.h"
#include "tests/support/store_suite.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

using testing::InSeconds;
using Ids = std::vector<std::string>;
using Next = ScanVisitor::Next;

constexpr const char* kSchema =
    R"({"name":"docs","enable_nested_fields":true,"fields":[{"name":"title","type":"string"},)"
    R"({"name":"n","type":"int32"},{"name":"meta","type":"object","optional":true}]})";

Ids Numbered(int count) {
  Ids ids;
  for (int i = 0; i < count; ++i) ids.push_back("doc " + std::to_string(i));
  return ids;
}

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n' || c == '\t') {
      escaped += c == '\n' ? "\\n" : "\\t";
      continue;
    }
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void Fill(sandbox::TypesenseServer& server, const Ids& ids, const std::string& title = "t") {
  server.CreateCollection(kSchema);
  std::string lines;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    lines += R"({"id":")" + Escaped(ids[i]) + R"(","title":")" + title + R"(","n":)" +
             std::to_string(i) + R"(,"meta":{"text":"deep","rest":[1.0,2]}})" + "\n";
  }
  REQUIRE(server.Import("docs", lines, "create").find("\"success\":false") == std::string::npos);
}

// Letters that nothing can compress much.
std::string RandomLetters(std::size_t count) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < count) text += static_cast<char>('a' + random() % 26);
  return text;
}

// An export scan of `docs` on curl, with a clock whose waits take no time.
struct LiveScan {
  explicit LiveScan(std::vector<std::string> nodes)
      : client(Config(std::move(nodes)), Seconds(1800),
               {.http = *http, .clock = clock, .activity = activity, .log = log},
               Redactor({Secret("sandbox-key")})) {}

  static TypesenseConfig Config(std::vector<std::string> nodes) {
    TypesenseConfig config = testing::Nodes(std::move(nodes));
    config.api_key = Secret("sandbox-key");
    return config;
  }

  Status Run() { return MakeExportScan(ReadClient(client), spec)->Run(visitor, stop); }

  std::unique_ptr<HttpTransport> http = MakeCurlTransport({});
  testing::FakeClock clock;
  testing::RecordingActivity activity;
  testing::RecordingLog log;
  TypesenseClient client;
  FetchSpec spec{.collection = "docs", .fields = {"title"}, .filter_by = {}, .is_known = nullptr};
  testing::RecordingVisitor visitor;
  std::stop_source drain;
  StopTokens stop{drain.get_token(), drain.get_token()};
};

struct Sandbox {
  explicit Sandbox(const Ids& ids, const std::string& title = "t") { Fill(server, ids, title); }

  sandbox::TypesenseServer server{{.api_key = "sandbox-key"}};
  sandbox::TypesenseControls& controls = server.controls();
  LiveScan scan{{server.url()}};
  testing::RecordingVisitor& visitor = scan.visitor;
};

TEST_CASE("export: all documents once, in order, over several batches") {
  Sandbox sandbox(Numbered(2'500));
  REQUIRE(sandbox.scan.Run().ok());
  CHECK(sandbox.visitor.ids == Numbered(2'500));
  CHECK(sandbox.visitor.restarts == 0);
  CHECK(sandbox.scan.log.lines().empty());
  std::vector<std::string> exports;
  for (const sandbox::RecordedRequest& request : sandbox.server.requests()) {
    if (request.target.find("/export?") != std::string::npos) exports.push_back(request.target);
  }
  CHECK(exports ==
        Ids{"/collections/docs/documents/export?include_fields=id%2Ctitle&batch_size=1000"});
}

TEST_CASE("export: a filter, nested fields, awkward ids, nothing at all") {
  Sandbox sandbox(testing::AwkwardIds());
  sandbox.scan.spec.fields = {"meta.text"};
  REQUIRE(sandbox.scan.Run().ok());
  CHECK(sandbox.visitor.ids == testing::AwkwardIds());
  CHECK(sandbox.visitor.json[1] == R"({"id":"a/b","meta":{"text":"deep"}})");
  sandbox.visitor = {};
  sandbox.scan.spec.filter_by = "n:[2,4]";
  REQUIRE(sandbox.scan.Run().ok());
  CHECK(sandbox.visitor.ids == Ids{"a b", "100%"});
  sandbox.visitor = {};
  sandbox.scan.spec.filter_by = "n:>1000";
  REQUIRE(sandbox.scan.Run().ok());
  CHECK(sandbox.visitor.ids.empty());
}

TEST_CASE("export: a stream that is cut between lines, within one, or broken is read again") {
  Sandbox sandbox(Numbered(1'000));
  std::string said;
  SECTION("between lines") {
    sandbox.controls.CutNextExport(700);
    said = "was cut after 699 documents (127.0.0.1:";  // nothing has ended the last line
  }
  SECTION("within a line") {
    sandbox.controls.CutNextExportInLine(700);
    said = "was cut after 700 documents (127.0.0.1:";
  }
  SECTION("an error in place of a document") {
    sandbox.controls.BreakNextExport(700, R"({"message": "Not Ready"})");
    said = "was cut after 700 documents (in place of a document the server sent: {\"message\"";
  }
  REQUIRE(sandbox.scan.Run().ok());
  CHECK(sandbox.visitor.ids == Numbered(1'000));
  CHECK(sandbox.visitor.restarts == 1);
  CHECK(sandbox.scan.clock.waits() == InSeconds({1}));
  REQUIRE(sandbox.scan.log.lines().size() == 1);
  CHECK_THAT(sandbox.scan.log.lines()[0], ContainsSubstring(said));
}

TEST_CASE("export: a stream that ends properly and too early") {
  Sandbox sandbox(Numbered(1'000));
  sandbox.controls.ShortenNextExport(990);
  REQUIRE(sandbox.scan.Run().ok());
  CHECK(sandbox.visitor.ids == Numbered(1'000));
  CHECK(sandbox.visitor.restarts == 1);
  sandbox.controls.ShortenNextExport(990, 5);
  CHECK(sandbox.scan.Run().error().kind == ErrorKind::kOutage);
}

TEST_CASE("export: cut five times, it is read by search pages") {
  Sandbox sandbox(Numbered(600));
  sandbox.controls.CutNextExport(400, 5);
  REQUIRE(sandbox.scan.Run().ok());
  CHECK(sandbox.visitor.ids == Numbered(600));
  CHECK(sandbox.visitor.restarts == 5);
  CHECK(sandbox.scan.clock.waits() == InSeconds({1, 2, 4, 8}));
}

TEST_CASE("export: a server that drops slow readers") {
  Sandbox sandbox(Numbered(300), RandomLetters(5'000));
  sandbox.controls.DropSlowExportReaders(std::chrono::milliseconds(100));
  sandbox.visitor.on_visit = [&](const Document& document) {
    if (document.id == "doc 9") sandbox.controls.WaitForDroppedReaders(1);
    return Next::kGoOn;
  };
  REQUIRE(sandbox.scan.Run().ok());
  CHECK(sandbox.visitor.ids == Numbered(300));
  CHECK(sandbox.visitor.restarts >= 1);
}

TEST_CASE("export: a node that fails in mid-stream is left for the next") {
  Sandbox sandbox(Numbered(1'000));
  sandbox::TypesenseServer other({.api_key = "sandbox-key"});
  Fill(other, Numbered(1'000));
  LiveScan scan({sandbox.server.url(), other.url()});
  sandbox.controls.CutNextExport(500);
  scan.visitor.on_visit = [&](const Document& document) {
    if (document.id == "doc 9") sandbox.controls.SetReadiness(false);
    return Next::kGoOn;
  };
  REQUIRE(scan.Run().ok());
  CHECK(scan.visitor.ids == Numbered(1'000));
  CHECK(scan.visitor.restarts == 1);
  CHECK(scan.clock.waits() == InSeconds({1, 2, 4}));
}

TEST_CASE("export: a key that may search and not export") {
  Sandbox sandbox(Numbered(600));
  sandbox.controls.FailAuthFor("/collections/docs/documents/export");
  REQUIRE(sandbox.scan.Run().ok());
  CHECK(sandbox.visitor.ids == Numbered(600));
  REQUIRE(sandbox.scan.log.lines().size() == 1);
  CHECK_THAT(sandbox.scan.log.lines()[0], ContainsSubstring("documents:export"));
}

TEST_CASE("export: refusals that are not the export's") {
  Sandbox sandbox(Numbered(3));
  sandbox.scan.spec.filter_by = "nothing:1";
  CHECK(sandbox.scan.Run().error().kind == ErrorKind::kRefused);
  sandbox.scan.spec = {.collection = "gone", .fields = {}, .filter_by = {}, .is_known = nullptr};
  CHECK(sandbox.scan.Run().error().kind == ErrorKind::kNotFound);
  CHECK(sandbox.scan.log.lines().empty());
}

TEST_CASE("export: the visitor has seen enough") {
  Sandbox sandbox(Numbered(2'500));
  sandbox.visitor.on_visit = [](const Document& document) {
    return document.id == "doc 9" ? Next::kEnough : Next::kGoOn;
  };
  REQUIRE(sandbox.scan.Run().ok());
  CHECK(sandbox.visitor.ids == Numbered(10));
  sandbox.visitor = {};
  REQUIRE(sandbox.scan.Run().ok());
  CHECK(sandbox.visitor.ids == Numbered(2'500));
}

TEST_CASE("export: a drain ends a stream that has gone silent") {
  Sandbox sandbox(Numbered(20));
  sandbox.controls.StallNextExport(10);
  sandbox.visitor.on_visit = [&](const Document& document) {
    if (document.id == "doc 8") sandbox.scan.drain.request_stop();  // the last line that has ended
    return Next::kGoOn;
  };
  CHECK(sandbox.scan.Run().error().kind == ErrorKind::kInterrupted);
  CHECK(sandbox.visitor.ids == Numbered(9));
}

TEST_CASE("export: large documents pass through one buffer") {
  Sandbox sandbox(Numbered(60), RandomLetters(60'000));
  std::size_t largest = 0;
  std::set<const char*> buffers;
  sandbox.visitor.on_visit = [&](const Document& document) {
    largest = std::max(largest, document.json.capacity());
    buffers.insert(document.json.data());
    sandbox.visitor.json.clear();
    return Next::kGoOn;
  };
  REQUIRE(sandbox.scan.Run().ok());
  CHECK(sandbox.visitor.ids == Numbered(60));
  CHECK(largest < 130'000);
  CHECK(buffers.size() <= 3);
}

}  // namespace
}  // namespace reembed
