// The export scan against scripted streams; export_sandbox_test.cc has the real thing.
#include "src/io/typesense/export_scan.h"

#include <deque>

#include "tests/support/catch2.h"
#include "tests/support/recording_visitor.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

using testing::InSeconds;
using testing::Nodes;
using testing::RecordingVisitor;
using Ids = std::vector<std::string>;
using Next = ScanVisitor::Next;

const std::string kThree = "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}";

Error Transient(const std::string& message) {
  return {.kind = ErrorKind::kTransient, .message = message};
}

// Hands a text over in pieces of five bytes, as curl does, until the taker wants no more.
Status Hand(const HttpRequest& request, std::string_view text) {
  for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(5, text.size()))) {
    const Status taken = request.on_body(text.substr(0, 5));
    if (!taken.ok()) return taken;
  }
  return {};
}

// A server with one collection `c`, whose exports are scripted.
struct ExportFixture : testing::ClientFixture {
  explicit ExportFixture(TypesenseConfig config = Nodes({"http://ts:8108"}))
      : ClientFixture(std::move(config)) {
    http.Otherwise([this](const HttpRequest& request) { return Answer(request); });
  }

  Result<HttpResponse> Answer(const HttpRequest& request) {
    if (request.url.find("/documents/export?") != std::string::npos) {
      auto next = std::move(exports.front());
      exports.pop_front();
      return next(request);
    }
    const std::uint64_t found = counts.size() > 1 ? counts.front() : counts.back();
    if (counts.size() > 1) counts.pop_front();
    return HttpResponse{200, {}, R"({"found":)" + std::to_string(found) + R"(,"hits":[]})"};
  }

  void Export(const std::string& text) {
    exports.push_back([text](const HttpRequest& request) -> Result<HttpResponse> {
      const Status taken = Hand(request, text);
      if (!taken.ok()) return taken.error();
      return HttpResponse{200, {}, ""};
    });
  }

  void ExportCutAfter(const std::string& text) {
    exports.push_back([text](const HttpRequest& request) -> Result<HttpResponse> {
      const Status taken = Hand(request, text);
      return taken.ok() ? Transient("ts:8108: the answer was cut short") : taken.error();
    });
  }

  void ExportAnswers(int status, const std::string& body) {
    exports.push_back([status, body](const HttpRequest&) -> Result<HttpResponse> {
      return HttpResponse{status, {}, body};
    });
  }

  Status Run() { return scan.Run(visitor, stop); }

  std::deque<std::function<Result<HttpResponse>(const HttpRequest&)>> exports;
  std::deque<std::uint64_t> counts{3};  // the last one stays
  RecordingVisitor visitor;
  ExportScan scan{ReadClient(client),
                  {.collection = "c", .fields = {}, .filter_by = {}, .is_known = nullptr}};
};

TEST_CASE("export scan: the request") {
  CHECK(ExportTarget({.collection = "a b",
                      .fields = {"title", "meta.text"},
                      .filter_by = "n:>5 && t:=[`x`]",
                      .is_known = nullptr}) ==
        "/collections/a%20b/documents/export?include_fields=id%2Ctitle%2Cmeta.text"
        "&filter_by=n%3A%3E5%20%26%26%20t%3A%3D%5B%60x%60%5D&batch_size=1000");
  CHECK(ExportTarget({.collection = "c", .fields = {"t"}, .filter_by = "", .whole = true}) ==
        "/collections/c/documents/export?batch_size=1000");
  ExportFixture fix;
  fix.Export(kThree);
  REQUIRE(fix.Run().ok());
  CHECK(fix.visitor.ids == Ids{"1", "2", "3"});
  CHECK(fix.visitor.json == Ids{R"({"id":"1"})", R"({"id":"2"})", R"({"id":"3"})"});
  CHECK(fix.visitor.restarts == 0);
  const auto sent = fix.http.sent();
  REQUIRE(sent.size() == 3);
  CHECK(sent[0].url.find("per_page=0") != std::string::npos);
  CHECK(sent[1].url ==
        "http://ts:8108/collections/c/documents/export?include_fields=id&batch_size=1000");
  CHECK(sent[1].timeouts.idle == Millis{0});
  CHECK(sent[1].timeouts.total == Millis{0});
}

TEST_CASE("export scan: a line feed at the end and empty lines are no documents") {
  ExportFixture fix;
  fix.Export("{\"id\":\"1\"}\n\n{\"id\":\"2\"}\n{\"id\":\"3\"}\n");
  REQUIRE(fix.Run().ok());
  CHECK(fix.visitor.ids == Ids{"1", "2", "3"});
}

TEST_CASE("export scan: a cut stream is read again, and the log says how far it came") {
  ExportFixture fix;
  fix.ExportCutAfter("{\"id\":\"1\"}\n{\"id\":\"2\"}\n");
  fix.ExportCutAfter("{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}");
  fix.Export(kThree);
  REQUIRE(fix.Run().ok());
  CHECK(fix.visitor.ids == Ids{"1", "2", "3"});
  CHECK(fix.visitor.restarts == 2);
  CHECK(fix.clock.waits() == InSeconds({1, 2}));
  REQUIRE(fix.log.lines().size() == 2);
  CHECK(fix.log.lines()[0] ==
        "the export of 'c' was cut after 2 documents (ts:8108: the answer was cut short); trying "
        "again in 1 s");
  CHECK(fix.visitor.visits == 7);  // the third line of the second stream had no end
}

TEST_CASE("export scan: a line that is no document counts as a cut") {
  ExportFixture fix;
  fix.Export("{\"id\":\"1\"}\n{\"message\": \"out of ts-secret-key\"}\n{\"id\":\"3\"}");
  fix.Export("{\"id\":\"1\"}\n{\"id\":\"2\",\"title\":\"private te");
  fix.Export("{\"id\":\"1\"}{\"message\": \"glued\"}\n");
  fix.Export(kThree);
  REQUIRE(fix.Run().ok());
  CHECK(fix.visitor.ids == Ids{"1", "2", "3"});
  const auto lines = fix.log.lines();
  REQUIRE(lines.size() == 3);
  CHECK_THAT(lines[0], ContainsSubstring("cut after 1 documents (in place of a document the server "
                                         "sent: {\"message\": \"out of ***\"})"));
  CHECK_THAT(lines[1], ContainsSubstring("a line is not a whole document"));
  CHECK_THAT(lines[1], !ContainsSubstring("private"));
  CHECK_THAT(lines[2], ContainsSubstring("cut after 0 documents"));
}

TEST_CASE("export scan: five cuts in a row lead to search pages, with one warning") {
  ExportFixture fix;
  for (int i = 0; i < 5; ++i) fix.ExportCutAfter("{\"id\":\"1\"}\n");
  fix.counts = {0};
  REQUIRE(fix.Run().ok());
  CHECK(fix.exports.empty());
  CHECK(fix.visitor.restarts == 5);
  CHECK(fix.visitor.ids.empty());
  CHECK(fix.clock.waits() == InSeconds({1, 2, 4, 8}));
  CHECK(fix.log.lines().back() ==
        "'c': the server does not export it (the export of 'c' was cut after 1 documents "
        "(ts:8108: the answer was cut short)); reading it by search pages, which is slower. The "
        "key needs the action documents:export for an export.");
  const std::size_t lines = fix.log.lines().size();
  REQUIRE(fix.Run().ok());
  CHECK(fix.log.lines().size() == lines);
}

TEST_CASE("export scan: a stream that ends in time is not one of five in a row") {
  ExportFixture fix;
  for (int i = 0; i < 4; ++i) fix.ExportCutAfter("{\"id\":\"1\"}\n");
  fix.Export("{\"id\":\"1\"}");
  for (int i = 0; i < 4; ++i) fix.ExportCutAfter("{\"id\":\"1\"}\n");
  fix.Export(kThree);
  REQUIRE(fix.Run().ok());
  CHECK(fix.visitor.ids == Ids{"1", "2", "3"});
}

TEST_CASE("export scan: a lost connection before the first byte is no cut") {
  ExportFixture fix;
  for (int i = 0; i < 7; ++i) fix.ExportCutAfter("");
  fix.ExportAnswers(503, R"({ "message": "Not Ready or Lagging"})");
  fix.Export(kThree);
  REQUIRE(fix.Run().ok());
  CHECK(fix.clock.waits() == InSeconds({1, 2, 4, 8, 16, 30, 30, 30}));
  CHECK(fix.visitor.restarts == 0);
}

TEST_CASE("export scan: the patience counts from the last byte of a stream") {
  ExportFixture fix;
  for (int i = 0; i < 3; ++i) {
    fix.exports.push_back([&](const HttpRequest& request) -> Result<HttpResponse> {
      CHECK(Hand(request, "{\"id\":\"1\"}\n").ok());
      fix.clock.Advance(Seconds(7'200));
      return Transient("reset");
    });
  }
  fix.Export(kThree);
  REQUIRE(fix.Run().ok());
  CHECK(fix.clock.waits() == InSeconds({1, 2, 4}));
}

TEST_CASE("export scan: fewer documents than counted are read once more") {
  ExportFixture fix;
  fix.Export("{\"id\":\"1\"}\n{\"id\":\"2\"}");
  fix.Export(kThree);
  REQUIRE(fix.Run().ok());
  CHECK(fix.visitor.ids == Ids{"1", "2", "3"});
  CHECK(fix.visitor.restarts == 1);
  CHECK(fix.log.lines() == Ids{"the export of 'c' ended after 2 of 3 documents that the server "
                               "counts; reading it once more"});
}

TEST_CASE("export scan: fewer documents than counted time after time are an outage") {
  ExportFixture fix;
  for (int i = 0; i < 4; ++i) fix.Export("{\"id\":\"1\"}");
  fix.Export("{\"id\":\"1\"}\n{\"id\":\"2\"}");
  const Status read = fix.Run();
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().kind == ErrorKind::kOutage);
  CHECK(
      read.error().message ==
      "the export of 'c' ended after 2 of 3 documents that the server counts, 5 times in a row. A "
      "rerun reads it again.");
}

TEST_CASE("export scan: documents that come, go, or are not indexed are no error") {
  ExportFixture fix;
  fix.counts = {5, 3, 3, 7, 1, 1};
  for (int i = 0; i < 3; ++i) {
    fix.Export(kThree);
    REQUIRE(fix.Run().ok());
    CHECK(fix.visitor.ids.size() == 3);
    fix.visitor.ids.clear();
  }
}

TEST_CASE("export scan: an empty collection") {
  ExportFixture fix;
  fix.counts = {0};
  fix.Export("");
  REQUIRE(fix.Run().ok());
  CHECK(fix.visitor.visits == 0);
}

TEST_CASE("export scan: a lost node makes it begin again on the next") {
  ExportFixture fix(Nodes({"http://a:1", "http://b:2"}));
  fix.ExportCutAfter("{\"id\":\"1\"}\n");
  fix.exports.push_back([](const HttpRequest&) -> Result<HttpResponse> {
    return Error{.kind = ErrorKind::kUnreachable, .message = "refused by a"};
  });
  fix.Export("{\"id\":\"1\"}");  // b lags: its count is no measure for what a had
  fix.counts = {3, 3, 2, 2};
  fix.Export("{\"id\":\"1\"}");
  fix.Export("{\"id\":\"1\"}\n{\"id\":\"2\"}");
  REQUIRE(fix.Run().ok());
  CHECK(fix.visitor.ids == Ids{"1", "2"});
  Ids hosts;
  for (const auto& request : fix.http.sent()) hosts.push_back(request.url.substr(7, 1));
  CHECK(hosts == Ids{"a", "a", "a", "b", "b", "b", "b", "b", "b", "b", "b"});
}

TEST_CASE("export scan: nodes that come and go do not keep it for ever") {
  ExportFixture fix(Nodes({"http://a:1", "http://b:2"}));
  for (int i = 0; i < 20; ++i) {
    fix.exports.push_back([](const HttpRequest&) -> Result<HttpResponse> {
      return Error{.kind = ErrorKind::kUnreachable, .message = "refused"};
    });
    fix.Export("");
  }
  CHECK(fix.Run().error().kind == ErrorKind::kOutage);
  CHECK(fix.exports.size() == 30);
}

TEST_CASE("export scan: a key that may not export leads to search pages") {
  ExportFixture fix;
  fix.ExportAnswers(401, R"({"message": "Forbidden - a valid `x-typesense-api-key`"})");
  fix.counts = {0};
  REQUIRE(fix.Run().ok());
  CHECK(fix.visitor.restarts == 0);
  REQUIRE(fix.log.lines().size() == 1);
  CHECK_THAT(fix.log.lines()[0], ContainsSubstring("documents:export"));
  CHECK_THAT(fix.log.lines()[0], ContainsSubstring("answered 401"));
}

TEST_CASE("export scan: a collection that is gone") {
  ExportFixture fix;
  fix.ExportAnswers(404, R"({"message": "Collection not found"})");
  CHECK(fix.Run().error().kind == ErrorKind::kNotFound);
}

TEST_CASE("export scan: enough is enough, without a count") {
  ExportFixture fix;
  fix.visitor.on_visit = [](const Document& document) {
    return document.id == "2" ? Next::kEnough : Next::kGoOn;
  };
  fix.Export(kThree);
  REQUIRE(fix.Run().ok());
  CHECK(fix.visitor.ids == Ids{"1", "2"});
  CHECK(fix.http.sent().size() == 2);
  fix.Export("{\"id\":\"2\"}");  // known only once the stream has ended
  REQUIRE(fix.Run().ok());
  CHECK(fix.http.sent().size() == 4);
}

TEST_CASE("export scan: the visitor's errors are final, whatever their kind") {
  ExportFixture fix;
  fix.visitor.on_visit = [](const Document&) -> Result<Next> { return Transient("not your turn"); };
  fix.Export(kThree);
  const Status read = fix.Run();
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().kind == ErrorKind::kTransient);
  CHECK(read.error().message == "not your turn");
  CHECK(fix.clock.waits().empty());
}

TEST_CASE("export scan: an error of the restart is final") {
  ExportFixture fix;
  fix.visitor.restart_error = {.kind = ErrorKind::kLocal, .message = "disk full"};
  fix.ExportCutAfter("{\"id\":\"1\"}\n");
  const Status read = fix.Run();
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().kind == ErrorKind::kLocal);
  CHECK(read.error().message == "disk full");
}

TEST_CASE("export scan: a drain ends it between two documents") {
  ExportFixture fix;
  fix.visitor.on_visit = [&](const Document&) {
    fix.drain.request_stop();
    return Next::kGoOn;
  };
  fix.Export(kThree);
  CHECK(fix.Run().error().kind == ErrorKind::kInterrupted);
  CHECK(fix.visitor.visits == 1);
  CHECK(fix.http.sent().size() == 2);
}

TEST_CASE("export scan: a drain ends the wait for another attempt") {
  ExportFixture fix;
  fix.clock.OnSleep([&](Millis) { fix.drain.request_stop(); });
  fix.ExportCutAfter("{\"id\":\"1\"}\n");
  CHECK(fix.Run().error().kind == ErrorKind::kInterrupted);
}

TEST_CASE("export scan: a silent server is waited for, and asked how it is") {
  ExportFixture fix;
  fix.exports.push_back([&](const HttpRequest& request) -> Result<HttpResponse> {
    CHECK(request.silence_every == Seconds(60));
    fix.http.Reply(200, R"({"ok":true})");
    CHECK(request.on_silence(Seconds(72)));
    CHECK(fix.activity.ended() == 0);
    CHECK(Hand(request, kThree).ok());
    CHECK(fix.activity.ended() == 1);
    return HttpResponse{200, {}, ""};
  });
  REQUIRE(fix.Run().ok());
  CHECK(fix.activity.waits() ==
        Ids{"waiting for Typesense at ts:8108 to answer an export (72 s, /health says ok)"});
}

TEST_CASE("export scan: a server that stays silent is given up") {
  ExportFixture fix;
  fix.exports.push_back([](const HttpRequest& request) -> Result<HttpResponse> {
    CHECK_FALSE(request.on_silence(Seconds(1'800)));
    return Error{.kind = ErrorKind::kOutage, .message = "gave up"};
  });
  CHECK(fix.Run().error().kind == ErrorKind::kOutage);
}

TEST_CASE("export scan: a stream that stalls is read again") {
  ExportFixture fix;
  fix.exports.push_back([](const HttpRequest& request) -> Result<HttpResponse> {
    CHECK(Hand(request, "{\"id\":\"1\"}\n").ok());
    CHECK_FALSE(request.on_silence(Seconds(60)));
    return Error{.kind = ErrorKind::kOutage, .message = "gave up"};
  });
  fix.Export(kThree);
  REQUIRE(fix.Run().ok());
  CHECK(fix.log.lines() ==
        Ids{"the export of 'c' was cut after 1 documents (ts:8108: no byte for 60 s); trying again "
            "in 1 s"});
}

}  // namespace
}  // namespace reembed
