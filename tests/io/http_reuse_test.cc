// Connections kept, replaced, and shared by threads.
#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "tests/io/http_fixture.h"
#include "tests/io/raw_server.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

// Answers with the path that was asked for.
Act EchoPath(const std::string& head) {
  const std::size_t begin = head.find(' ') + 1;
  return {Ok(head.substr(begin, head.find(' ', begin) - begin))};
}

// How many of 25 requests in a row brought their own path back.
int CountOwnAnswers(HttpTransport& transport, const RawServer& server, int thread) {
  int right = 0;
  for (int i = 0; i < 25; ++i) {
    const std::string path = "/" + std::to_string(thread) + "/" + std::to_string(i);
    const auto response = transport.Send(Get(server.Url(path)), {});
    right += response.ok() && response->body == path ? 1 : 0;
  }
  return right;
}

}  // namespace

TEST_CASE("http: requests one after the other share a connection") {
  const RawServer server({{Ok("1")}, {Ok("2")}, {Ok("3")}});
  const auto transport = LoopbackTransport();
  CHECK(transport->Send(Get(server.Url("/")), {}).ok());
  CHECK(transport->Send(Post(server.Url("/"), "x"), {}).ok());
  CHECK(transport->Send(Get(server.Url("/")), {}).ok());
  CHECK(server.requests().size() == 3);
  CHECK(server.connections() == 1);
}

TEST_CASE("http: nothing of one request is left in the next") {
  const RawServer server({{Ok("1")}, {Ok("2")}});
  const auto transport = LoopbackTransport();
  HttpRequest first = Post(server.Url("/a"), "body");
  first.headers = {{.name = "X-KEY", .value = "s3cret", .secret = true}};
  REQUIRE(transport->Send(first, {}).ok());
  REQUIRE(transport->Send(Get(server.Url("/b")), {}).ok());
  const RawRequest second = server.requests().at(1);
  CHECK(second.head.substr(0, 6) == "GET /b");
  CHECK(second.body.empty());
  CHECK_THAT(second.head, !ContainsSubstring("X-KEY"));
}

TEST_CASE("http: a kept connection that was closed meanwhile is replaced") {
  const RawServer server({{Ok("1")}, {.bytes = "", .then = Then::kClose}, {Ok("2")}});
  const auto transport = LoopbackTransport();
  REQUIRE(transport->Send(Get(server.Url("/")), {}).ok());
  const auto response = transport->Send(Post(server.Url("/"), "again"), {});
  REQUIRE(response.ok());
  CHECK(response->body == "2");
  CHECK(server.connections() == 2);
  CHECK(server.requests().at(1).body == "again");
  CHECK(server.requests().at(2).body == "again");
}

TEST_CASE("http: a kept connection that breaks in the middle of a large body is replaced") {
  const std::string body(8'000'000, 'v');
  const RawServer server(
      {{Ok("1")}, {.bytes = "", .then = Then::kReset, .skip_body = true}, {Ok("2")}});
  const auto transport = LoopbackTransport();
  REQUIRE(transport->Send(Get(server.Url("/")), {}).ok());
  const auto response = transport->Send(Post(server.Url("/"), body), {});
  REQUIRE(response.ok());
  CHECK(response->body == "2");
  CHECK(server.requests().at(2).body == body);
}

TEST_CASE("http: a kept connection that breaks within the answer is not replaced") {
  const RawServer server(
      {{Ok("1")}, {.bytes = "HTTP/1.1 200 OK\r\nContent-Le", .then = Then::kClose}, {Ok("2")}});
  const auto transport = LoopbackTransport();
  REQUIRE(transport->Send(Get(server.Url("/")), {}).ok());
  const auto response = transport->Send(Get(server.Url("/")), {});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kTransient);
}

TEST_CASE("http: the replacement fails like any fresh connection") {
  const RawServer server({{Ok("1")},
                          {.bytes = "", .then = Then::kReset},
                          {.bytes = "", .then = Then::kReset},
                          {Ok("never asked for")}});
  const auto transport = LoopbackTransport();
  REQUIRE(transport->Send(Get(server.Url("/")), {}).ok());
  const auto response = transport->Send(Get(server.Url("/")), {});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kTransient);
  CHECK(server.requests().size() == 3);
}

TEST_CASE("http: threads get their own answers over as many connections as threads") {
  const RawServer server(&EchoPath);
  const auto transport = LoopbackTransport();
  std::atomic<int> right = 0;
  std::array<std::jthread, 8> threads;
  for (int t = 0; t < 8; ++t) {
    threads.at(static_cast<std::size_t>(t)) =
        std::jthread([&, t] { right += CountOwnAnswers(*transport, server, t); });
  }
  for (std::jthread& thread : threads) thread.join();
  CHECK(right == 200);
  CHECK(server.connections() <= 8);
}
