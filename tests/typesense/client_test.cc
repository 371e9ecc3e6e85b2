#include "src/io/typesense/client.h"

#include "src/io/typesense/read_client.h"
#include "tests/support/catch2.h"
#include "tests/typesense/client_fixture.h"

namespace reembed {
namespace {

using testing::ClientFixture;
using testing::InSeconds;
using testing::Nodes;

const TypesenseCall kPlan{.target = "/aliases", .regime = Regime::kPlanning};
const TypesenseCall kRead{.target = "/aliases"};
const TypesenseCall kWrite{.method = "POST",
                           .target = "/collections/c/documents/import",
                           .body = "{}\n",
                           .content_type = "text/plain",
                           .write = true};
const std::vector<std::string> kThreeNodes = {"http://a:1", "http://b:2", "https://c:3/base"};

TEST_CASE("client: the key travels in a header that is marked secret") {
  ClientFixture fix;
  fix.http.Reply(200, "[]");
  REQUIRE(fix.client.Send(kRead, fix.stop).ok());
  const auto sent = fix.http.sent();
  CHECK(sent[0].url == "http://ts:8108/aliases");
  CHECK(sent[0].Header("X-TYPESENSE-API-KEY") == "ts-secret-key");
  CHECK(sent[0].headers[0].secret);
  CHECK(sent[0].timeouts.connect == Seconds(5));
  CHECK(sent[0].timeouts.idle == Seconds(60));
  CHECK(sent[0].timeouts.total == Millis{0});
}

TEST_CASE("client: a write has no time limit") {
  ClientFixture fix;
  fix.http.Reply(200, "{}");
  REQUIRE(fix.client.Send(kWrite, fix.stop).ok());
  const auto sent = fix.http.sent();
  CHECK(sent[0].Header("Content-Type") == "text/plain");
  CHECK(sent[0].body == "{}\n");
  CHECK(sent[0].timeouts.idle == Millis{0});
  CHECK(sent[0].timeouts.total == Millis{0});
}

TEST_CASE("client: planning goes round the nodes and names them all in the end") {
  ClientFixture fix(Nodes(kThreeNodes));
  fix.http.Fail(ErrorKind::kUnreachable, "refused by a");
  fix.http.Fail(ErrorKind::kTransient, "reset by b");
  fix.http.Reply(503, R"({ "message": "Not Ready or Lagging"})");
  fix.http.Fail(ErrorKind::kUnreachable, "refused by a again");
  const auto answer = fix.client.Send(kPlan, fix.stop);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().kind == ErrorKind::kUnreachable);
  CHECK(answer.error().message ==
        "no usable answer from Typesense after 4 attempts: a:1 (refused by a again), b:2 (reset by "
        "b), "
        "c:3 (Typesense at c:3 answered 503: Not Ready or Lagging). Is Typesense running there? "
        "Check TYPESENSE_HOST, TYPESENSE_PORT and TYPESENSE_PROTOCOL, or TYPESENSE_NODES.");
  CHECK(fix.http.lines() ==
        std::vector<std::string>{"GET http://a:1/aliases", "GET http://b:2/aliases",
                                 "GET https://c:3/base/aliases", "GET http://a:1/aliases"});
  CHECK(fix.clock.waits() == InSeconds({1, 1, 1}));
}

TEST_CASE("client: the nearest node comes first, a failed one is passed over") {
  TypesenseConfig config = Nodes({"http://a:1", "http://b:2"});
  config.nearest_node = "http://near:9";
  ClientFixture fix(config);
  fix.http.Reply(500, "");
  fix.http.Reply(200, "[]");
  fix.http.Reply(200, "[]");
  REQUIRE(fix.client.Send(kPlan, fix.stop).ok());
  REQUIRE(fix.client.Send(kPlan, fix.stop).ok());
  CHECK(fix.http.lines() == std::vector<std::string>{"GET http://near:9/aliases",
                                                     "GET http://a:1/aliases",
                                                     "GET http://b:2/aliases"});
  CHECK(fix.client.AllHosts() == "a:1, b:2, near:9");
}

TEST_CASE("client: a refusal is final and leaves the node healthy") {
  ClientFixture fix;
  fix.http.Reply(400, R"({"message":"no"})");
  CHECK(fix.client.Send(kRead, fix.stop).error().kind == ErrorKind::kRefused);
  CHECK(fix.clock.waits().empty());
}

TEST_CASE("client: running waits longer and longer for a busy node") {
  ClientFixture fix;
  fix.ReplyNotReady(7);
  fix.http.Reply(200, "[]");
  REQUIRE(fix.client.Send(kRead, fix.stop).ok());
  CHECK(fix.clock.waits() == InSeconds({1, 2, 4, 8, 16, 30, 30}));
  CHECK(fix.activity.waits()[1] ==
        "waiting for Typesense: Typesense at ts:8108 answered 503: Not Ready or Lagging; trying "
        "again in 2 s");
  CHECK(fix.activity.ended() == 7);
}

TEST_CASE("client: running gives up when the patience is over") {
  ClientFixture fix;
  fix.http.Otherwise([](const HttpRequest&) -> Result<HttpResponse> {
    return Error{.kind = ErrorKind::kUnreachable, .message = "ts:8108: connection refused"};
  });
  const auto answer = fix.client.Send(kRead, fix.stop);
  CHECK(answer.error().kind == ErrorKind::kOutage);
  CHECK_THAT(answer.error().message, ContainsSubstring("after 1800 s"));
  CHECK_THAT(answer.error().message, ContainsSubstring("ts:8108: connection refused"));
  CHECK(fix.clock.waits().size() == 64);
  CHECK(fix.clock.waits().back() == Seconds(29));
}

TEST_CASE("client: a wait that the server states is kept, up to 30 s") {
  ClientFixture fix;
  fix.http.Reply(429, "slow down", {{"Retry-After", "7"}});
  fix.http.Reply(429, "slow down", {{"Retry-After", "700"}});
  fix.http.Reply(200, "[]");
  REQUIRE(fix.client.Send(kRead, fix.stop).ok());
  CHECK(fix.clock.waits() == InSeconds({7, 30}));
}

TEST_CASE("client: an unusable answer is asked for again five times") {
  ClientFixture fix;
  fix.http.Otherwise([](const HttpRequest&) { return HttpResponse{200, {}, "{"}; });
  TypesenseCall call = kRead;
  call.check = [](HttpResponse&, const AnswerOrigin& origin) -> Status {
    return Error{.kind = ErrorKind::kTransient, .message = origin.host + " sent half a page"};
  };
  const auto answer = fix.client.Send(call, fix.stop);
  CHECK(answer.error().kind == ErrorKind::kOutage);
  CHECK(answer.error().message == "gave up after 6 unusable answers: ts:8108 sent half a page");
  CHECK(fix.http.sent().size() == 6);
}

TEST_CASE("client: a pinned series moves when its node fails three times running") {
  ClientFixture fix(Nodes(kThreeNodes));
  fix.http.Reply(200, "[]");
  fix.ReplyNotReady(1);
  fix.http.Reply(200, "[]");
  fix.ReplyNotReady(3);
  for (int i = 0; i < 2; ++i) fix.http.Reply(200, "[]");
  NodePin pin;
  TypesenseCall call = kRead;
  call.pin = &pin;
  for (int i = 0; i < 4; ++i) REQUIRE(fix.client.Send(call, fix.stop).ok());
  CHECK(pin == NodePin(1));
  CHECK(fix.http.lines() ==
        std::vector<std::string>{"GET http://a:1/aliases", "GET http://a:1/aliases",
                                 "GET http://a:1/aliases", "GET http://a:1/aliases",
                                 "GET http://a:1/aliases", "GET http://a:1/aliases",
                                 "GET http://b:2/aliases", "GET http://b:2/aliases"});
}

TEST_CASE("client: a pinned series leaves a node that cannot be reached at once") {
  ClientFixture fix(Nodes(kThreeNodes));
  fix.http.Reply(200, "[]");
  fix.http.Fail(ErrorKind::kUnreachable, "refused by a");
  fix.http.Reply(200, "[]");
  NodePin pin;
  TypesenseCall call = kRead;
  call.pin = &pin;
  for (int i = 0; i < 2; ++i) REQUIRE(fix.client.Send(call, fix.stop).ok());
  CHECK(fix.http.lines() == std::vector<std::string>{"GET http://a:1/aliases",
                                                     "GET http://a:1/aliases",
                                                     "GET http://b:2/aliases"});
}

TEST_CASE("client: a drain ends a read's wait at once") {
  ClientFixture fix;
  fix.ReplyNotReady(5);
  fix.clock.OnSleep([&](Millis wait) {
    if (wait == Seconds(2)) fix.drain.request_stop();
  });
  CHECK(fix.client.Send(kRead, fix.stop).error().kind == ErrorKind::kInterrupted);
  CHECK(fix.http.sent().size() == 2);
}

TEST_CASE("client: a drained write is tried for ten more seconds") {
  ClientFixture fix;
  fix.drain.request_stop();
  fix.ReplyNotReady(11);
  CHECK(fix.client.Send(kWrite, fix.stop).error().kind == ErrorKind::kInterrupted);
  CHECK(fix.clock.waits() == InSeconds({1, 1, 1, 1, 1, 1, 1, 1, 1, 1}));
}

TEST_CASE("client: a drain during a write's wait sends it again at once") {
  ClientFixture fix;
  fix.ReplyNotReady(2);
  fix.http.Reply(200, "");
  fix.clock.OnSleep([&](Millis) { fix.drain.request_stop(); });
  REQUIRE(fix.client.Send(kWrite, fix.stop).ok());
  CHECK(fix.clock.waits() == InSeconds({1, 1}));
}

TEST_CASE("client: an abort ends a write") {
  ClientFixture fix;
  fix.ReplyNotReady(2);
  fix.clock.OnSleep([&](Millis) {
    fix.drain.request_stop();
    fix.abort.request_stop();
  });
  CHECK(fix.client.Send(kWrite, fix.stop).error().kind == ErrorKind::kInterrupted);
  CHECK(fix.http.sent().size() == 1);
}

TEST_CASE("client: a silent import asks for the node's health and says so") {
  ClientFixture fix;
  fix.http.Handle([](const HttpRequest& request) -> Result<HttpResponse> {
    CHECK(request.silence_every == Seconds(60));
    CHECK(request.on_silence(Seconds(72)));
    CHECK(request.on_silence(Seconds(132)));
    CHECK_FALSE(request.on_silence(Seconds(1800)));
    return Error{.kind = ErrorKind::kOutage, .message = "no answer for 1800 s"};
  });
  fix.http.Reply(200, R"({"ok":true})");
  fix.http.Fail(ErrorKind::kTransient, "timeout");
  CHECK(fix.client.Send(kWrite, fix.stop).error().kind == ErrorKind::kOutage);
  CHECK(fix.activity.waits() ==
        std::vector<std::string>{
            "waiting for Typesense at ts:8108 to answer an import (72 s, /health says ok)",
            "waiting for Typesense at ts:8108 to answer an import (132 s, /health does not "
            "answer)"});
  CHECK(fix.activity.ended() == 2);
  const auto health = fix.http.sent()[1];
  CHECK(health.url == "http://ts:8108/health");
  CHECK(health.headers.empty());
  CHECK(health.timeouts.total == Seconds(5));
}

TEST_CASE("client: the read-only part sends GET and POST /multi_search") {
  ClientFixture fix;
  fix.http.Reply(200, "1");
  fix.http.Reply(200, "2");
  const ReadClient reader(fix.client);
  REQUIRE(reader.Get("/x", {}, fix.stop).ok());
  REQUIRE(reader.MultiSearch("{}", {}, fix.stop).ok());
  CHECK(fix.http.lines() ==
        std::vector<std::string>{"GET http://ts:8108/x", "POST http://ts:8108/multi_search"});
  CHECK(fix.http.sent()[1].Header("Content-Type") == "application/json");
}

TEST_CASE("client: no key in logs and messages, even when the server echoes it") {
  ClientFixture fix;
  fix.http.Reply(500, R"({"message":"bad key ts-secret-key"})");
  fix.http.Reply(401, R"({"message":"bad key ts-secret-key"})");
  const auto answer = fix.client.Send(kRead, fix.stop);
  CHECK_THAT(answer.error().message, ContainsSubstring("bad key ***"));
  REQUIRE(fix.log.lines().size() == 1);
  CHECK_THAT(fix.log.lines()[0], !ContainsSubstring("ts-secret-key"));
}

}  // namespace
}  // namespace reembed
