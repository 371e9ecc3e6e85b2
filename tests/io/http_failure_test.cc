// Connections and answers that break, and what the errors say.
#include <cstdlib>
#include <string>

#include "tests/io/http_fixture.h"
#include "tests/io/raw_server.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

// The error of the one request that gets `act` for an answer; it must name the server.
Error ErrorAfter(Act act, std::size_t max_response_bytes = 1'000'000) {
  const RawServer server({std::move(act)});
  HttpRequest request = Get(server.Url("/secret-path?key=q5ecret"));
  request.headers = {{.name = "X-KEY", .value = "h5ecret", .secret = true}};
  request.max_response_bytes = max_response_bytes;
  const auto response = LoopbackTransport()->Send(request, {});
  REQUIRE_FALSE(response.ok());
  CHECK_THAT(response.error().message, ContainsSubstring(server.Peer()));
  CHECK_THAT(response.error().message, !ContainsSubstring("5ecret"));
  return response.error();
}

}  // namespace

TEST_CASE("http: a body shorter than its length is cut") {
  const Error error = ErrorAfter(
      {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", .then = Then::kClose});
  CHECK(error.kind == ErrorKind::kTransient);
  CHECK_THAT(error.message, ContainsSubstring("the answer was cut short"));
}

TEST_CASE("http: a chunked body without its end is cut") {
  const Error error =
      ErrorAfter({.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                  .then = Then::kClose});
  CHECK(error.kind == ErrorKind::kTransient);
  CHECK_THAT(error.message, ContainsSubstring("the answer was cut short"));
}

TEST_CASE("http: headers without their end are cut, although libcurl takes them") {
  const Error error = ErrorAfter({.bytes = "HTTP/1.1 200 OK\r\nContent-Le", .then = Then::kClose});
  CHECK(error.kind == ErrorKind::kTransient);
  CHECK_THAT(error.message, ContainsSubstring("the answer was cut short"));
}

TEST_CASE("http: an interim answer alone is none") {
  const Error error = ErrorAfter({.bytes = "HTTP/1.1 100 Continue\r\n\r\n", .then = Then::kClose});
  CHECK(error.kind == ErrorKind::kTransient);
}

TEST_CASE("http: a reset before the answer") {
  const Error error = ErrorAfter({.bytes = "", .then = Then::kReset});
  CHECK(error.kind == ErrorKind::kTransient);
  CHECK_THAT(error.message, ContainsSubstring("connection reset"));
}

TEST_CASE("http: a reset in the middle of the answer") {
  const Error error = ErrorAfter(
      {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", .then = Then::kReset});
  CHECK(error.kind == ErrorKind::kTransient);
}

TEST_CASE("http: a connection closed without an answer is not tried again when it was fresh") {
  const RawServer server({{.bytes = "", .then = Then::kClose}, {Ok("too late")}});
  const auto response = LoopbackTransport()->Send(Post(server.Url("/"), "x"), {});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kTransient);
  CHECK_THAT(response.error().message,
             ContainsSubstring("the connection was closed without an answer"));
  CHECK(server.requests().size() == 1);
}

TEST_CASE("http: bytes that are not HTTP") {
  const Error error = ErrorAfter({.bytes = "220 smtp ready\r\n", .then = Then::kClose});
  CHECK(error.kind == ErrorKind::kTransient);
  CHECK_THAT(error.message, ContainsSubstring("the answer is not HTTP"));
}

TEST_CASE("http: chunk sizes that are no numbers") {
  const Error error =
      ErrorAfter({.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"});
  CHECK(error.kind == ErrorKind::kTransient);
}

TEST_CASE("http: gzip that is none") {
  const Error error =
      ErrorAfter({"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                  "Content-Length: 11\r\n\r\nplain words"});
  CHECK(error.kind == ErrorKind::kTransient);
  CHECK_THAT(error.message, ContainsSubstring("cannot be decompressed"));
}

TEST_CASE("http: an answer beyond the limit ends there") {
  const Error error = ErrorAfter({Ok("12345678901")}, 10);
  CHECK(error.kind == ErrorKind::kTransient);
  CHECK_THAT(error.message, ContainsSubstring("larger than the limit of 10 bytes"));
}

TEST_CASE("http: the limit itself is allowed") {
  const RawServer server({{Ok("1234567890")}});
  HttpRequest request = Get(server.Url("/"));
  request.max_response_bytes = 10;
  CHECK(LoopbackTransport()->Send(request, {}).ok());
}

TEST_CASE("http: headers without end are refused") {
  const std::string line = "X-Filler: " + std::string(5'000, 'x') + "\r\n";
  std::string bytes = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 60; ++i) bytes += line;
  const Error error = ErrorAfter({.bytes = bytes + "\r\n"});
  CHECK(error.kind == ErrorKind::kTransient);
}

TEST_CASE("http: nobody listens") {
  const std::string peer = "127.0.0.1:" + std::to_string(UnusedPort());
  const auto response = LoopbackTransport()->Send(Get("http://" + peer + "/x"), {});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kUnreachable);
  CHECK(response.error().message == "cannot reach " + peer +
                                        ": connection refused; check that the server is running "
                                        "there");
}

TEST_CASE("http: a proxy that is not there is named as what may be wrong") {
  const std::string proxy = "http://127.0.0.1:" + std::to_string(UnusedPort());
  const auto transport = LoopbackTransport();
  ::unsetenv("no_proxy");
  ::setenv("http_proxy", proxy.c_str(), 1);
  const auto response = transport->Send(Get("http://typesense.test:8108/health"), {});
  ::unsetenv("http_proxy");
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kUnreachable);
  CHECK_THAT(response.error().message, ContainsSubstring("; http_proxy is set: check that proxy"));
}

TEST_CASE("http: a proxy that wants a password sees neither the request nor its headers") {
  const RawServer proxy({{.bytes = "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"}});
  const auto transport = LoopbackTransport();
  HttpRequest request = Get("https://typesense.test/path");
  request.headers = {{.name = "X-KEY", .value = "s3cret", .secret = true}};
  ::unsetenv("no_proxy");
  ::setenv("https_proxy", proxy.Url("").c_str(), 1);
  const auto response = transport->Send(request, {});
  ::unsetenv("https_proxy");
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kRefused);
  CHECK_THAT(response.error().message, ContainsSubstring("typesense.test:443: the proxy"));
  const std::string head = proxy.requests().at(0).head;
  CHECK(head.substr(0, 27) == "CONNECT typesense.test:443 ");
  CHECK_THAT(head, !ContainsSubstring("s3cret"));
  CHECK_THAT(head, !ContainsSubstring("path"));
}

TEST_CASE("http: CA certificates that cannot be read are the user's to correct") {
  const RawServer server({{Ok("")}});
  LoopbackTransport();
  const auto transport = MakeCurlTransport({.ca_file = "/nonexistent/ca.pem"});
  const auto response = transport->Send(Get("https://" + server.Peer() + "/"), {});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kUsage);
  CHECK_THAT(response.error().message, ContainsSubstring("SSL_CERT_FILE"));
}

TEST_CASE("http: a header with a line break is refused and nothing is sent") {
  const RawServer server({{Ok("")}});
  HttpRequest request = Get(server.Url("/"));
  request.headers = {{.name = "X-KEY", .value = "abc\r\nX-Evil: 1", .secret = true}};
  const auto response = LoopbackTransport()->Send(request, {});
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().kind == ErrorKind::kUsage);
  CHECK(server.connections() == 0);
}
