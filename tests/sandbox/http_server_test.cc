#include "tests/sandbox/http_server.h"

#include <atomic>
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

TEST_CASE("http server: cuts a stream that its client does not take") {
  std::promise<void> cut;
  const HttpServer server({}, [&cut](const HttpRequest& request) {
    HttpAnswer answer;
    answer.content_type = "application/octet-stream";
    const std::size_t chunks = request.target == "/long" ? 100'000 : 2;
    answer.next_chunk = [left = chunks](std::string& chunk) mutable {
      chunk = std::string(10'000, 'x');
      return left-- > 0;
    };
    answer.reader_patience = std::chrono::milliseconds(50);
    answer.on_slow_reader = [&cut] { cut.set_value(); };
    return answer;
  });
  httplib::Client client(server.url());
  CHECK(client.Get("/short")->body.size() == 20'000);
  CHECK_FALSE(client.Get("/long", [&cut](const char*, std::size_t) {
    cut.get_future().wait();
    return false;
  }));
}

TEST_CASE("http server: a stream that stalls ends with the server") {
  auto server = std::make_unique<HttpServer>(HttpServerOptions{}, [](const HttpRequest&) {
    HttpAnswer answer;
    answer.next_chunk = [](std::string& chunk) {
      chunk = "x";
      return true;
    };
    answer.stall_after = 3;
    answer.content_type = "application/octet-stream";
    return answer;
  });
  httplib::Client client(server->url());
  std::string received;
  std::promise<void> stalled;
  std::future<bool> whole = std::async(std::launch::async, [&] {
    return bool(client.Get("/", [&](const char* data, std::size_t length) {
      received.append(data, length);
      if (received == "xxx") stalled.set_value();
      return true;
    }));
  });
  stalled.get_future().wait();
  server.reset();
  CHECK_FALSE(whole.get());
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

TEST_CASE("http server: a request that ends half-way is not handed over") {
  std::atomic<int> handled = 0;
  HttpServer server({}, [&](const HttpRequest&) {
    ++handled;
    return HttpAnswer{};
  });
  httplib::Client client(server.url());
  const auto half = [](std::size_t, std::size_t, httplib::DataSink& sink) {
    sink.write("half", 4);
    return false;
  };
  CHECK_FALSE(client.Post("/", 8, half, "text/plain"));
  CHECK(httplib::Client(server.url()).Post("/", "whole", "text/plain"));
  CHECK(handled == 1);
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

TEST_CASE("http server: closed it ends what is under way and refuses, opened it serves again") {
  std::promise<void> waiting;
  HttpServer* self = nullptr;
  HttpServer server({}, [&](const HttpRequest& request) {
    if (request.target == "/wait") {
      waiting.set_value();
      self->WaitFor(hours(1));
    }
    return Text("here");
  });
  self = &server;
  const auto held = std::async(std::launch::async,
                               [&] { return httplib::Client(server.url()).Get("/wait").error(); });
  waiting.get_future().wait();
  server.Close();
  CHECK(held.wait_for(std::chrono::minutes(1)) == std::future_status::ready);
  CHECK(httplib::Client(server.url()).Get("/").error() == httplib::Error::Connection);
  server.Open();
  CHECK(httplib::Client(server.url()).Get("/")->body == "here");
}

}  // namespace reembed::sandbox
