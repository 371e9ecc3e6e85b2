// What goes over the wire and what comes back when nothing goes wrong.
#include <cstdlib>
#include <string>

#include "src/io/http/curl_transport.h"
#include "tests/io/http_fixture.h"
#include "tests/io/raw_server.h"
#include "tests/support/catch2.h"

using namespace reembed;
using namespace reembed::testing;

namespace {

// `printf 'hello, gzip' | gzip -n`
constexpr unsigned char kGzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb,
                                   0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0x48, 0xaf, 0xca, 0x2c, 0x00,
                                   0x00, 0x4a, 0x9b, 0xb1, 0x5c, 0x0b, 0x00, 0x00, 0x00};

std::string GzipReply() {
  const std::string body(std::begin(kGzip), std::end(kGzip));
  return "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

// The head of the one request that `request` becomes.
std::string HeadSent(HttpRequest request) {
  const RawServer server({{Ok("")}});
  request.url = server.Url("/x");
  REQUIRE(LoopbackTransport()->Send(request, {}).ok());
  return server.requests().at(0).head;
}

}  // namespace

TEST_CASE("http: a GET brings status, headers and body") {
  const RawServer server(
      {{"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n"
        "Retry-After:  7 \r\nContent-Length: 5\r\n\r\nnope\n"}});
  const auto response = LoopbackTransport()->Send(Get(server.Url("/a?b=c%20d")), {});
  REQUIRE(response.ok());
  CHECK(response->status == 404);
  CHECK(response->body == "nope\n");
  CHECK(HeaderOf(*response, "Content-Type") == "text/plain");
  CHECK(HeaderOf(*response, "Retry-After") == "7");
  const std::string head = server.requests().at(0).head;
  CHECK(head.substr(0, 24) == "GET /a?b=c%20d HTTP/1.1\r");
  CHECK_THAT(head, ContainsSubstring("User-Agent: reembed/test"));
  CHECK_THAT(head, ContainsSubstring("Accept-Encoding: identity"));
}

TEST_CASE("http: a compressed answer is asked for on demand, and not again after that") {
  const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  const RawServer server({{reply}, {reply}});
  const auto transport = LoopbackTransport();
  HttpRequest request = Get(server.Url("/"));
  request.accept_compression = true;
  REQUIRE(transport->Send(request, {}).ok());
  REQUIRE(transport->Send(Get(server.Url("/")), {}).ok());
  CHECK_THAT(server.requests().at(0).head, ContainsSubstring("Accept-Encoding: gzip, deflate"));
  CHECK_THAT(server.requests().at(1).head, ContainsSubstring("Accept-Encoding: identity"));
}

TEST_CASE("http: the memory of a body that is handed back is used for the next") {
  const std::string body(200'000, 'b');
  const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + body;
  const RawServer server({{reply}, {reply}});
  const auto transport = LoopbackTransport();
  auto first = transport->Send(Get(server.Url("/")), {});
  REQUIRE(first.ok());
  const char* const memory = first->body.data();
  transport->Recycle(std::move(first->body));
  const auto second = transport->Send(Get(server.Url("/")), {});
  REQUIRE(second.ok());
  CHECK(second->body.data() == memory);
  CHECK(second->body == body);
}

TEST_CASE("http: a body of 2 MB goes out as it is, at once, with its length") {
  const std::string body(2'000'000, 'v');
  const RawServer server({{Ok("done")}});
  const auto response = LoopbackTransport()->Send(Post(server.Url("/import"), body), {});
  REQUIRE(response.ok());
  CHECK(response->body == "done");
  const RawRequest request = server.requests().at(0);
  CHECK(request.body == body);
  CHECK_THAT(request.head, ContainsSubstring("Content-Length: 2000000"));
  CHECK_THAT(request.head, !ContainsSubstring("Expect"));
  CHECK_THAT(request.head, !ContainsSubstring("Content-Encoding"));
  CHECK_THAT(request.head, !ContainsSubstring("Content-Type"));
}

TEST_CASE("http: POST, PUT and PATCH without a body state a length of zero") {
  HttpRequest request;
  request.method = "POST";
  CHECK_THAT(HeadSent(request), ContainsSubstring("Content-Length: 0"));
  request.method = "PUT";
  CHECK_THAT(HeadSent(request), ContainsSubstring("Content-Length: 0"));
  request.method = "PATCH";
  CHECK_THAT(HeadSent(request), ContainsSubstring("Content-Length: 0"));
  request.method = "DELETE";
  CHECK_THAT(HeadSent(request), !ContainsSubstring("Content-Length"));
}

TEST_CASE("http: DELETE and PATCH may carry a body") {
  const RawServer server({{Ok("")}, {Ok("")}});
  const auto transport = LoopbackTransport();
  HttpRequest request = Post(server.Url("/x"), "{\"a\":1}");
  request.method = "DELETE";
  REQUIRE(transport->Send(request, {}).ok());
  request.method = "PATCH";
  REQUIRE(transport->Send(request, {}).ok());
  CHECK(server.requests().at(0).head.substr(0, 9) == "DELETE /x");
  CHECK(server.requests().at(0).body == "{\"a\":1}");
  CHECK(server.requests().at(1).head.substr(0, 8) == "PATCH /x");
  CHECK(server.requests().at(1).body == "{\"a\":1}");
}

TEST_CASE("http: HEAD does not wait for the body its length announces") {
  const RawServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"}});
  HttpRequest request = Get(server.Url("/"));
  request.method = "HEAD";
  const auto response = LoopbackTransport()->Send(request, {});
  REQUIRE(response.ok());
  CHECK(response->body.empty());
}

TEST_CASE("http: headers are sent as given, also secret and empty ones") {
  HttpRequest request;
  request.headers = {{.name = "X-KEY", .value = "s3cret", .secret = true},
                     {.name = "X-Empty", .value = ""},
                     {.name = "content-type", .value = "text/plain"}};
  const std::string head = HeadSent(request);
  CHECK_THAT(head, ContainsSubstring("\r\nX-KEY: s3cret\r\n"));
  CHECK_THAT(head, ContainsSubstring("\r\nX-Empty:\r\n"));
  CHECK_THAT(head, ContainsSubstring("\r\ncontent-type: text/plain"));
}

TEST_CASE("http: a gzip answer is unpacked, although it was not asked for") {
  const RawServer server({{GzipReply()}});
  const auto response = LoopbackTransport()->Send(Get(server.Url("/")), {});
  REQUIRE(response.ok());
  CHECK(response->body == "hello, gzip");
}

TEST_CASE("http: a chunked answer is joined") {
  const RawServer server(
      {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"}});
  const auto response = LoopbackTransport()->Send(Get(server.Url("/")), {});
  REQUIRE(response.ok());
  CHECK(response->body == "abcde");
}

TEST_CASE("http: interim answers are passed over") {
  const RawServer server(
      {{"HTTP/1.1 100 Continue\r\n\r\n"
        "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n" +
        Ok("final")}});
  const auto response = LoopbackTransport()->Send(Post(server.Url("/"), "x"), {});
  REQUIRE(response.ok());
  CHECK(response->status == 200);
  CHECK(response->body == "final");
  CHECK(HeaderOf(*response, "Link") == "(none)");
}

TEST_CASE("http: 204 has no body and keeps the connection") {
  const RawServer server({{"HTTP/1.1 204 No Content\r\n\r\n"}, {Ok("next")}});
  const auto transport = LoopbackTransport();
  const auto empty = transport->Send(Get(server.Url("/")), {});
  REQUIRE(empty.ok());
  CHECK(empty->status == 204);
  CHECK(empty->body.empty());
  REQUIRE(transport->Send(Get(server.Url("/")), {}).ok());
  CHECK(server.connections() == 1);
}

TEST_CASE("http: a redirect is an answer, and the other host hears nothing") {
  const RawServer other({{Ok("trap")}});
  const RawServer server({{"HTTP/1.1 302 Found\r\nLocation: " + other.Url("/trap") +
                           "\r\nContent-Length: 0\r\n\r\n"}});
  HttpRequest request = Get(server.Url("/"));
  request.headers = {{.name = "Authorization", .value = "Bearer s3cret", .secret = true}};
  const auto response = LoopbackTransport()->Send(request, {});
  REQUIRE(response.ok());
  CHECK(response->status == 302);
  CHECK(HeaderOf(*response, "Location") == other.Url("/trap"));
  CHECK(other.connections() == 0);
}

TEST_CASE("http: a proxy of the environment is asked for the whole URL") {
  const RawServer proxy({{Ok("through the proxy")}});
  const auto transport = LoopbackTransport();
  ::unsetenv("no_proxy");
  ::setenv("http_proxy", proxy.Url("").c_str(), 1);
  const auto response = transport->Send(Get("http://typesense.test:8108/health"), {});
  ::unsetenv("http_proxy");
  REQUIRE(response.ok());
  CHECK(response->body == "through the proxy");
  CHECK_THAT(proxy.requests().at(0).head,
             ContainsSubstring("GET http://typesense.test:8108/health HTTP/1.1"));
}

TEST_CASE("http: a path is sent as it is, also when a segment of it is dots") {
  const RawServer server({{Ok("")}});
  const auto transport = LoopbackTransport();
  REQUIRE(transport->Send(Get(server.Url("/a/../b/./%2E%2E")), {}).ok());
  CHECK_THAT(server.requests().at(0).head, ContainsSubstring("GET /a/../b/./%2E%2E HTTP/1.1"));
}

TEST_CASE("http: the version names libcurl and its TLS library") {
  CHECK_THAT(CurlVersion(), ContainsSubstring("libcurl/"));
}
