#include "tests/sandbox/fault_proxy.h"

#include <memory>
#include <thread>
#include <vector>

#include "tests/sandbox/fault_wire.h"
#include "tests/sandbox/provider_test_support.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

const std::string kPlain = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-A: b\r\n\r\nbody";

std::string Ordered(const std::string& what) {
  return "HTTP/1.1 200 OK\r\nx-sandbox-wire: " + what + "\r\nContent-Length: 4\r\n\r\nbody";
}

/// A server that orders of the proxy what the request's body says, and the proxy before it.
struct Pair {
  HttpServer server{{}, [](const HttpRequest& request) {
                      HttpAnswer answer;
                      answer.body = "answer to " + request.body;
                      if (request.body.empty()) return answer;
                      answer.headers.emplace_back(std::string(kWireHeader), request.body);
                      return answer;
                    }};
  FaultProxy proxy{server.port(), 0};

  HttpRequest Order(std::string what) const {
    return {.method = "POST", .target = "/", .body = std::move(what), .headers = {}};
  }
};

}  // namespace

TEST_CASE("wire filter: answers without an order pass unchanged") {
  WireFilter filter;
  const auto step = filter.Feed(kPlain + kPlain);
  CHECK(step.forward == kPlain + kPlain);
  CHECK(step.end == WireEnd::kKeep);
}

TEST_CASE("wire filter: bytes may come one by one") {
  WireFilter filter;
  std::string forwarded;
  for (const char c : kPlain + kPlain) forwarded += filter.Feed(std::string(1, c)).forward;
  CHECK(forwarded == kPlain + kPlain);
}

TEST_CASE("wire filter: a reset or a stall hands nothing on") {
  const auto reset = WireFilter().Feed(Ordered("reset"));
  CHECK(reset.forward.empty());
  CHECK(reset.end == WireEnd::kReset);
  const auto stall = WireFilter().Feed(Ordered("stall"));
  CHECK(stall.forward.empty());
  CHECK(stall.end == WireEnd::kStall);
}

TEST_CASE("wire filter: a cut hands on half of the body and never the order") {
  const auto step = WireFilter().Feed(Ordered("cut"));
  CHECK(step.forward == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo");
  CHECK(step.end == WireEnd::kClose);
}

TEST_CASE("wire filter: a cut that arrives in pieces ends after half, too") {
  WireFilter filter;
  const std::string answer = Ordered("cut");
  CHECK(filter.Feed(answer.substr(0, answer.size() - 3)).end == WireEnd::kKeep);
  const auto step = filter.Feed("ody");
  CHECK(step.forward == "o");
  CHECK(step.end == WireEnd::kClose);
}

TEST_CASE("wire filter: an order comes after an answer without one") {
  const auto step = WireFilter().Feed(kPlain + Ordered("reset"));
  CHECK(step.forward == kPlain);
  CHECK(step.end == WireEnd::kReset);
}

TEST_CASE("wire filter: an answer without a body") {
  const auto step = WireFilter().Feed("HTTP/1.1 204 No Content\r\n\r\n" + kPlain);
  CHECK(step.forward == "HTTP/1.1 204 No Content\r\n\r\n" + kPlain);
}

TEST_CASE("proxy: hands requests and answers on") {
  Pair pair;
  const Seen seen = Send(pair.proxy.port(), pair.Order(""));
  CHECK(seen.status == 200);
  CHECK(seen.body == "answer to ");
}

TEST_CASE("proxy: resets and cuts") {
  Pair pair;
  CHECK(Send(pair.proxy.port(), pair.Order("reset")).status == 0);
  CHECK(Send(pair.proxy.port(), pair.Order("cut")).status == 0);
  CHECK(Send(pair.proxy.port(), pair.Order("")).status == 200);
}

TEST_CASE("proxy: a stall ends when the caller gives up") {
  Pair pair;
  CHECK(SendWithTimeout(pair.proxy.port(), pair.Order("stall"), 20).status == 0);
}

TEST_CASE("proxy: stopping ends a stall") {
  Pair pair;
  std::atomic<bool> asked = false;
  HttpServer server({}, [&](const HttpRequest&) {
    HttpAnswer answer;
    answer.headers.emplace_back(std::string(kWireHeader), std::string(kWireStall));
    asked = true;
    return answer;
  });
  FaultProxy proxy(server.port(), 0);
  Seen seen{.status = 1, .body = "", .error = ""};
  std::thread caller([&] { seen = Send(proxy.port(), pair.Order("")); });
  while (!asked) std::this_thread::yield();
  proxy.Stop();
  caller.join();
  CHECK(seen.status == 0);
}

TEST_CASE("proxy: many callers at once") {
  Pair pair;
  std::atomic<int> answered = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back(
        [&] { answered += Send(pair.proxy.port(), pair.Order("")).status == 200 ? 1 : 0; });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(answered == 16);
}

TEST_CASE("proxy: without a server behind it, callers are reset") {
  auto pair = std::make_unique<Pair>();
  FaultProxy proxy(pair->server.port(), 0);
  const HttpRequest request = pair->Order("");
  pair.reset();
  CHECK(Send(proxy.port(), request).status == 0);
}

TEST_CASE("proxy: a port that is taken is told by port 0") {
  Pair pair;
  CHECK(FaultProxy(pair.server.port(), pair.proxy.port()).port() == 0);
}

}  // namespace reembed::sandbox
