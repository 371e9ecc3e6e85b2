// Bodies that go to their taker piece by piece.
#include <stop_token>
#include <string>

#include "tests/io/http_fixture.h"
#include "tests/io/raw_server.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

constexpr const char* kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

// gzip of 5,000 times `a`.
constexpr unsigned char kGzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed,
                                   0xc1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xac, 0xeb, 0x5f,
                                   0xc2, 0x14, 0x7e, 0x40, 0x01, 0x00, 0x00, 0x00, 0x00, 0x6f, 0x03,
                                   0x76, 0x59, 0xf4, 0x4c, 0x88, 0x13, 0x00, 0x00};

std::string Chunk(const std::string& text) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string size;
  for (std::size_t left = text.size(); left > 0; left /= 16) size.insert(0, 1, kDigits[left % 16]);
  return (size.empty() ? "0" : size) + "\r\n" + text + "\r\n";
}

// A GET whose body is collected here.
struct Streaming {
  explicit Streaming(const std::string& url) : request(Get(url)) {
    request.on_body = [this](std::string_view piece) -> Status {
      pieces += piece.empty() ? 0 : 1;
      text += piece;
      return {};
    };
  }
  HttpRequest request;
  std::string text;
  int pieces = 0;
};

}  // namespace

TEST_CASE("http stream: a success goes to its taker, whatever its size") {
  const std::string large(3'000'000, 'x');
  const RawServer server({{kChunked + Chunk("one ") + Chunk(large) + Chunk("")}});
  Streaming streaming(server.Url("/"));
  streaming.request.max_response_bytes = 10;
  const auto response = LoopbackTransport()->Send(streaming.request, {});
  REQUIRE(response.ok());
  CHECK(response->status == 200);
  CHECK(response->body.empty());
  CHECK(streaming.text == "one " + large);
  CHECK(streaming.pieces > 1);
}

TEST_CASE("http stream: other answers are collected") {
  const RawServer server({{"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"}});
  Streaming streaming(server.Url("/"));
  const auto response = LoopbackTransport()->Send(streaming.request, {});
  REQUIRE(response.ok());
  CHECK(response->status == 404);
  CHECK(response->body == "gone");
  CHECK(streaming.pieces == 0);
}

TEST_CASE("http stream: the taker is given what gzip holds") {
  const std::string packed(std::begin(kGzip), std::end(kGzip));
  const RawServer server({{"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                           std::to_string(packed.size()) + "\r\n\r\n" + packed}});
  Streaming streaming(server.Url("/"));
  REQUIRE(LoopbackTransport()->Send(streaming.request, {}).ok());
  CHECK(streaming.text == std::string(5000, 'a'));
}

TEST_CASE("http stream: a body without its end is an error after what came") {
  const RawServer server({{.bytes = kChunked + Chunk("half"), .then = Then::kClose}});
  Streaming streaming(server.Url("/"));
  const auto response = LoopbackTransport()->Send(streaming.request, {});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kTransient);
  CHECK(response.error().message == server.Peer() + ": the answer was cut short");
  CHECK(streaming.text == "half");
}

TEST_CASE("http stream: the taker's error ends the transfer and is returned") {
  const RawServer server({{.bytes = kChunked + Chunk("first"), .then = Then::kStall}, {Ok("2")}});
  const auto transport = LoopbackTransport();
  HttpRequest request = Get(server.Url("/"));
  request.on_body = [](std::string_view) -> Status {
    return Error{.kind = ErrorKind::kLocal, .message = "the disk is full"};
  };
  const auto response = transport->Send(request, {});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kLocal);
  CHECK(response.error().message == "the disk is full");
  CHECK(transport->Send(Get(server.Url("/")), {})->body == "2");
  CHECK(server.connections() == 2);
}

TEST_CASE("http stream: a kept connection that dies before the first byte is replaced") {
  const RawServer server({{Ok("1")}, {.bytes = "", .then = Then::kClose}, {Ok("once")}});
  const auto transport = LoopbackTransport();
  REQUIRE(transport->Send(Get(server.Url("/")), {}).ok());
  Streaming streaming(server.Url("/"));
  REQUIRE(transport->Send(streaming.request, {}).ok());
  CHECK(streaming.text == "once");
}

TEST_CASE("http stream: a kept connection that dies after the first byte is not") {
  const RawServer server({{Ok("1")},
                          {.bytes = kChunked + Chunk("once"), .then = Then::kReset},
                          {kChunked + Chunk("twice") + Chunk("")}});
  const auto transport = LoopbackTransport();
  REQUIRE(transport->Send(Get(server.Url("/")), {}).ok());
  Streaming streaming(server.Url("/"));
  const auto response = transport->Send(streaming.request, {});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kTransient);
  CHECK_THAT(streaming.text, !ContainsSubstring("twice"));
  CHECK(server.requests().size() == 2);
}

TEST_CASE("http stream: a stop ends a stream that has gone silent") {
  const RawServer server({{.bytes = kChunked + Chunk("first"), .then = Then::kStall}});
  std::stop_source stop;
  HttpRequest request = Get(server.Url("/"));
  request.on_body = [&stop](std::string_view) -> Status {
    stop.request_stop();
    return {};
  };
  const auto response = LoopbackTransport()->Send(request, stop.get_token());
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kInterrupted);
}

TEST_CASE("http stream: silence within a body has a limit") {
  const RawServer server({{.bytes = kChunked + Chunk("first"), .then = Then::kStall}});
  Streaming streaming(server.Url("/"));
  streaming.request.timeouts.idle = Millis{40};
  const auto response = LoopbackTransport()->Send(streaming.request, {});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().message == server.Peer() + ": timed out, no byte for 40 ms");
  CHECK(streaming.text == "first");
}
