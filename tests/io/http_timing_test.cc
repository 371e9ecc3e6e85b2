// Servers that keep a request waiting, and users who do not.
#include <chrono>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "tests/io/http_fixture.h"
#include "tests/io/raw_server.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr const char* kHalf = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf";

Result<HttpResponse> SendWith(const RawServer& server, HttpTimeouts timeouts) {
  HttpRequest request = Get(server.Url("/"));
  request.timeouts = timeouts;
  return LoopbackTransport()->Send(request, {});
}

}  // namespace

TEST_CASE("http: connecting has a limit, and TLS is part of it") {
  const RawServer server(std::vector<Act>{});
  HttpRequest request = Get("https://" + server.Peer() + "/");
  request.timeouts.connect = Millis{50};
  const auto response = LoopbackTransport()->Send(request, {});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kUnreachable);
  CHECK(response.error().message ==
        "cannot reach " + server.Peer() + ": timed out after 50 ms while connecting");
}

TEST_CASE("http: the whole request has a limit, however busy the server") {
  const RawServer server({{.bytes = kHalf, .then = Then::kDrip}});
  const auto response = SendWith(server, {.total = Millis{60}});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kTransient);
  CHECK(response.error().message == server.Peer() + ": timed out after 60 ms");
}

TEST_CASE("http: silence has a limit") {
  const RawServer server({{.bytes = kHalf, .then = Then::kStall}});
  const auto response = SendWith(server, {.idle = Millis{40}});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kTransient);
  CHECK(response.error().message == server.Peer() + ": timed out, no byte for 40 ms");
}

TEST_CASE("http: the connection of a request that timed out is not used again") {
  const RawServer server({{.bytes = "", .then = Then::kStall}, {Ok("fresh")}});
  const auto transport = LoopbackTransport();
  HttpRequest request = Get(server.Url("/"));
  request.timeouts.idle = Millis{30};
  REQUIRE_FALSE(transport->Send(request, {}).ok());
  request.timeouts.idle = Millis{0};
  const auto response = transport->Send(request, {});
  REQUIRE(response.ok());
  CHECK(response->body == "fresh");
  CHECK(server.connections() == 2);
}

TEST_CASE("http: a stop ends a silent request at once") {
  const RawServer server(std::vector<Act>{});
  const auto transport = LoopbackTransport();
  std::stop_source stop;
  std::chrono::steady_clock::time_point asked;
  const std::jthread user([&] {
    server.WaitForRequests(1);
    asked = std::chrono::steady_clock::now();
    stop.request_stop();
  });
  const auto response = transport->Send(Get(server.Url("/")), stop.get_token());
  const auto took = std::chrono::steady_clock::now() - asked;
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kInterrupted);
  CHECK(response.error().message == server.Peer() + ": the request was interrupted");
  CHECK(took < std::chrono::seconds(1));
}

TEST_CASE("http: a request after the stop is not sent") {
  const RawServer server({{Ok("")}});
  std::stop_source stop;
  stop.request_stop();
  const auto response = LoopbackTransport()->Send(Get(server.Url("/")), stop.get_token());
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kInterrupted);
  CHECK(server.requests().empty());
}

TEST_CASE("http: the caller hears of silence and may give up") {
  const RawServer server(std::vector<Act>{});
  HttpRequest request = Post(server.Url("/import"), "{}");
  std::vector<Millis> heard;
  request.silence_every = Millis{20};
  request.on_silence = [&](Millis since_sent) {
    heard.push_back(since_sent);
    return heard.size() < 3;
  };
  const auto response = LoopbackTransport()->Send(request, {});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kOutage);
  CHECK_THAT(response.error().message, ContainsSubstring(server.Peer() + ": gave up after "));
  REQUIRE(heard.size() == 3);
  CHECK(heard[0] >= Millis{20});
  CHECK(heard[2] >= Millis{60});
}

TEST_CASE("http: whoever hears of silence may send a request of its own meanwhile") {
  const RawServer server(std::vector<Act>{});
  const RawServer health({{Ok("{\"ok\":true}")}});
  const auto transport = LoopbackTransport();
  HttpRequest request = Get(server.Url("/"));
  std::string answer;
  request.silence_every = Millis{10};
  request.on_silence = [&](Millis) {
    answer = transport->Send(Get(health.Url("/health")), {})->body;
    return false;
  };
  CHECK_FALSE(transport->Send(request, {}).ok());
  CHECK(answer == "{\"ok\":true}");
}
