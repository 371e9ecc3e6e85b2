#include "src/io/typesense/updater.h"

#include <algorithm>
#include <memory>

#include "src/io/typesense/store_writer.h"
#include "tests/support/catch2.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

using testing::InSeconds;

struct UpdaterFixture : testing::ClientFixture {
  std::unique_ptr<DocumentUpdater> updater =
      TypesenseWriter(client).MakeUpdater({.collection = "my docs", .field = "vec"});
  std::vector<ReadyDocument> documents;

  void Add(std::string id) {
    documents.push_back({std::move(id), std::make_shared<Embedding>(Embedding{1.0F, 0.5F}), false});
  }
  Result<std::vector<UpdateOutcome>> Apply() { return updater->Apply(documents, stop); }
};

TEST_CASE("updater: writes one field by id and reads every result") {
  UpdaterFixture fix;
  fix.Add("a");
  fix.Add("b/c");
  fix.Add("d");
  fix.http.Reply(200,
                 "{\"success\":true}\n"
                 "{\"code\":404,\"error\":\"Could not find a document with id: "
                 "b/c\",\"success\":false}\n"
                 "{\"code\":400,\"error\":\"Field `vec` must have 4 "
                 "dimensions.\",\"success\":false}");
  const auto outcomes = fix.Apply();
  REQUIRE(outcomes.ok());
  REQUIRE(outcomes->size() == 3);
  CHECK((*outcomes)[0].state == UpdateState::kWritten);
  CHECK((*outcomes)[1].state == UpdateState::kDeleted);
  CHECK((*outcomes)[2].state == UpdateState::kRejected);
  CHECK((*outcomes)[2].message == "Field `vec` must have 4 dimensions. (code 400)");
  CHECK((*outcomes)[0].spelling == HashText("[1,0.5]"));
  CHECK_FALSE((*outcomes)[1].spelling);
  CHECK_FALSE((*outcomes)[2].spelling);
  const auto sent = fix.http.sent();
  CHECK(sent[0].method == "POST");
  CHECK(sent[0].url ==
        "http://ts:8108/collections/my%20docs/documents/import?action=update&dirty_values=reject");
  CHECK(sent[0].Header("Content-Type") == "text/plain");
  CHECK(sent[0].body ==
        "{\"id\":\"a\",\"vec\":[1,0.5]}\n{\"id\":\"b/c\",\"vec\":[1,0.5]}\n"
        "{\"id\":\"d\",\"vec\":[1,0.5]}\n");
}

TEST_CASE("updater: nothing to write sends nothing") {
  UpdaterFixture fix;
  REQUIRE(fix.Apply().ok());
  CHECK(fix.http.sent().empty());
}

TEST_CASE("updater: a lost answer is resolved by sending again") {
  UpdaterFixture fix;
  fix.Add("a");
  fix.http.Fail(ErrorKind::kTransient, "connection reset");
  fix.http.Reply(200, "");
  fix.http.Reply(200, "{\"success\":true}");
  const auto outcomes = fix.Apply();
  REQUIRE(outcomes.ok());
  CHECK((*outcomes)[0].state == UpdateState::kWritten);
  CHECK(fix.http.sent()[2].body == fix.http.sent()[0].body);
  CHECK(fix.clock.waits() == InSeconds({1, 2}));
}

TEST_CASE("updater: an answer that never fits is an outage that says what was wrong") {
  UpdaterFixture fix;
  fix.Add("a");
  fix.Add("b");
  fix.http.Otherwise([](const HttpRequest&) {
    return HttpResponse{200, {}, "{\"success\":true}"};
  });
  const auto outcomes = fix.Apply();
  REQUIRE_FALSE(outcomes.ok());
  CHECK(outcomes.error().kind == ErrorKind::kOutage);
  CHECK(outcomes.error().message ==
        "gave up after 6 unusable answers: Typesense at ts:8108: the answer to an import has 1 "
        "results for 2 documents");
}

TEST_CASE("updater: only the documents with server trouble are sent again") {
  UpdaterFixture fix;
  fix.Add("a");
  fix.Add("b");
  fix.http.Reply(200,
                 "{\"success\":true}\n"
                 "{\"code\":500,\"error\":\"Could not write to on-disk "
                 "storage.\",\"success\":false}");
  fix.http.Reply(200, "{\"success\":true}");
  const auto outcomes = fix.Apply();
  REQUIRE(outcomes.ok());
  CHECK((*outcomes)[1].state == UpdateState::kWritten);
  CHECK(fix.http.sent()[1].body == "{\"id\":\"b\",\"vec\":[1,0.5]}\n");
  CHECK(fix.clock.waits() == InSeconds({1}));
}

TEST_CASE("updater: lasting server trouble rejects the document") {
  UpdaterFixture fix;
  fix.Add("a");
  fix.http.Otherwise([](const HttpRequest&) {
    return HttpResponse{200, {}, R"({"code":500,"error":"disk ts-secret-key","success":false})"};
  });
  const auto outcomes = fix.Apply();
  REQUIRE(outcomes.ok());
  CHECK((*outcomes)[0].state == UpdateState::kRejected);
  CHECK((*outcomes)[0].message == "disk *** (code 500)");
  CHECK(fix.clock.waits() == InSeconds({1, 2, 4, 8, 16}));
}

// A proxy that lets no body of more than `limit` lines pass; and how many lines it saw each time.
void LimitLines(UpdaterFixture& fix, std::size_t limit, std::vector<std::size_t>& seen) {
  fix.http.Otherwise([limit, &seen](const HttpRequest& request) {
    const auto lines =
        static_cast<std::size_t>(std::count(request.body.begin(), request.body.end(), '\n'));
    seen.push_back(lines);
    if (lines > limit) return HttpResponse{413, {}, "<html>Request Entity Too Large</html>"};
    std::string answer;
    for (std::size_t i = 0; i < lines; ++i) answer += "{\"success\":true}\n";
    return HttpResponse{200, {}, answer};
  });
}

TEST_CASE("updater: a 413 halves the request, from then on") {
  UpdaterFixture fix;
  for (const char* id : {"a", "b", "c", "d", "e", "f", "g", "h"}) fix.Add(id);
  std::vector<std::size_t> seen;
  LimitLines(fix, 2, seen);
  for (int call = 0; call < 2; ++call) {
    const auto outcomes = fix.Apply();
    REQUIRE(outcomes.ok());
    for (const UpdateOutcome& outcome : *outcomes) CHECK(outcome.state == UpdateState::kWritten);
  }
  CHECK(seen == std::vector<std::size_t>{8, 4, 2, 2, 2, 2, 2, 2, 2, 2});
  CHECK(fix.clock.waits().empty());
}

TEST_CASE("updater: a document that is too big alone is rejected, the others are written") {
  UpdaterFixture fix;
  for (const char* id : {"a", "b", "c"}) fix.Add(id);
  fix.documents[1].vector = std::make_shared<Embedding>(100, 0.5F);
  fix.http.Otherwise([](const HttpRequest& request) {
    if (request.body.size() > 200) return HttpResponse{413, {}, "too large"};
    return HttpResponse{200, {}, "{\"success\":true}"};
  });
  const auto outcomes = fix.Apply();
  REQUIRE(outcomes.ok());
  CHECK((*outcomes)[0].state == UpdateState::kWritten);
  CHECK((*outcomes)[1].state == UpdateState::kRejected);
  CHECK((*outcomes)[1].message ==
        "Typesense at ts:8108 answered 413: too large. Its update takes 419 bytes: raise the "
        "largest request body of the proxy in front of Typesense.");
  CHECK((*outcomes)[2].state == UpdateState::kWritten);
}

TEST_CASE("updater: a collection that is gone ends the writing") {
  UpdaterFixture fix;
  fix.Add("a");
  fix.http.Reply(404, R"({"message": "Collection not found"})");
  const auto outcomes = fix.Apply();
  REQUIRE_FALSE(outcomes.ok());
  CHECK(outcomes.error().kind == ErrorKind::kRefused);
  CHECK_THAT(outcomes.error().message,
             ContainsSubstring("'my docs' was deleted or renamed during the run"));
}

TEST_CASE("updater: a nested field") {
  UpdaterFixture fix;
  fix.Add("a");
  fix.updater = TypesenseWriter(fix.client)
                    .MakeUpdater({.collection = "c", .field = "meta.vec", .nested = true});
  fix.http.Reply(200, "{\"success\":true}");
  REQUIRE(fix.Apply().ok());
  CHECK(fix.http.sent()[0].body == "{\"id\":\"a\",\"meta\":{\"vec\":[1,0.5]}}\n");
}

TEST_CASE("updater: an abort between attempts is an interruption") {
  UpdaterFixture fix;
  fix.Add("a");
  fix.http.Reply(200, R"({"code":500,"error":"x","success":false})");
  fix.clock.OnSleep([&](Millis) {
    fix.drain.request_stop();
    fix.abort.request_stop();
  });
  CHECK(fix.Apply().error().kind == ErrorKind::kInterrupted);
}

}  // namespace
}  // namespace reembed
