#include "tests/sandbox/http_server.h"

#include <future>

#include <httplib.h>

#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

using std::chrono::hours;

HttpAnswer Text(const std::string& body) {
  HttpAnswer answer;
  answer.content_type = "text/plain";
  answer.body = body;
  return answer;
}

HttpAnswer Echo(const HttpRequest& request) {
  return Text(request.method + " " + request.target + " " + request.Header("x-word") + " " +
              request.body);
}

}  // namespace

TEST_CASE("http server: hands over target, headers and body as they came") {
  const HttpServer server({}, Echo);
  httplib::Client client(server.url());
  client.set_url_encode(false);
  const auto answer = client.Post("/a%2Fb?x=%20", httplib::Headers{{"X-Word", "hello"}}, "body",
                                  "application/x-www-form-urlencoded");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "POST /a%2Fb?x=%20 hello body");
}

TEST_CASE("http server: takes long form-encoded bodies and requests without a body") {
  const HttpServer server(
      {}, [](const HttpRequest& request) { return Text(std::to_string(request.body.size())); });
  httplib::Client client(server.url());
  CHECK(client.Post("/", std::string(100000, 'a'), "application/x-www-form-urlencoded")->body ==
        "100000");
  CHECK(client.Delete("/")->body == "0");
}

TEST_CASE("http server: streams chunks") {
  const HttpServer server({}, [](const HttpRequest&) {
    HttpAnswer answer = Text("");
    answer.next_chunk = [left = 3](std::string& chunk) mutable {
      chunk = std::to_string(left);
      return left-- > 0;
    };
    return answer;
  });
  CHECK(httplib::Client(server.url()).Get("/")->body == "321");
}

TEST_CASE("http server: cuts bodies and streams") {
  const HttpServer server({}, [](const HttpRequest& request) {
    HttpAnswer answer = Text("0123456789");
    if (request.target == "/stream") {
      answer.next_chunk = [](std::string& chunk) {
        chunk = "x";
        return true;
      };
    }
    answer.cut_after = 4;
    return answer;
  });
  httplib::Client client(server.url());
  std::string received;
  const auto receive = [&](const char* data, std::size_t length) {
    received.append(data, length);
    return true;
  };
  CHECK_FALSE(client.Get("/body", receive));
  CHECK(received == "0123");
  received.clear();
  CHECK_FALSE(client.Get("/stream", receive));
  CHECK(received == "xxxx");
}

TEST_CASE("http server: drops a connection and goes on serving") {
  const HttpServer server({}, [](const HttpRequest& request) {
    HttpAnswer answer = Text("here");
    answer.drop = request.target == "/drop";
    return answer;
  });
  httplib::Client client(server.url());
  CHECK_FALSE(client.Get("/drop"));
  CHECK(client.Get("/stay")->body == "here");
}

TEST_CASE("http server: a port in use is not shared") {
  const HttpServer first({}, Echo);
  const HttpServer second({first.port()}, Echo);
  CHECK(first.port() > 0);
  CHECK(second.port() == 0);
}

TEST_CASE("http server: stopping wakes waiters and idle connections") {
  std::promise<void> waiting;
  HttpServer* self = nullptr;
  bool time_was_up = true;
  HttpServer server({}, [&](const HttpRequest& request) {
    if (request.target == "/wait") {
      waiting.set_value();
      time_was_up = self->WaitFor(hours(1));
    }
    return Text("");
  });
  self = &server;
  httplib::Client idle(server.url());
  idle.set_keep_alive(true);
  REQUIRE(idle.Get("/"));
  const std::string url = server.url();
  const auto waiter = std::async(std::launch::async, [&url] { httplib::Client(url).Get("/wait"); });
  waiting.get_future().wait();
  server.Stop();
  waiter.wait();
  CHECK_FALSE(time_was_up);
}

}  // namespace reembed::sandbox
