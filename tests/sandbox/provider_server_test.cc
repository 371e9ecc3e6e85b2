#include "tests/sandbox/provider_server.h"

#include <thread>

#include "tests/sandbox/provider_test_support.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {

TEST_CASE("provider: one port speaks both languages") {
  ProviderServer server(TestOptions());
  CHECK(Send(server.port(), OpenAiPost(TinyBody({"a"}))).status == 200);
  CHECK(Send(server.port(), GeminiPost("tiny", GeminiBody("tiny", {"a"}))).status == 200);
  CHECK(server.openai_url() == server.google_url() + "/v1");
}

TEST_CASE("provider: other paths are 404") {
  ProviderServer server(TestOptions());
  HttpRequest request = OpenAiPost("{}");
  request.target = "/v1/chat/completions";
  CHECK(Send(server.port(), request).status == 404);
  CHECK(server.requests().empty());
}

TEST_CASE("provider: a port that is taken is told by port 0") {
  ProviderServer first(TestOptions());
  ProviderOptions options = TestOptions();
  options.port = first.port();
  CHECK(ProviderServer(options).port() == 0);
  options.faults = ParseFaults("reset=1").value();
  CHECK(ProviderServer(options).port() == 0);
}

TEST_CASE("provider: the history holds what was asked and how it was answered") {
  ProviderServer server(TestOptions());
  Send(server.port(), OpenAiPost(TinyBody({"a", "b"}, R"(,"dimensions":2)")));
  HttpRequest wrong = GeminiPost("tiny", GeminiBody("tiny", {"c"}, R"(,"taskType":"CLUSTERING")"));
  wrong.headers["x-goog-api-key"] = "wrong";
  Send(server.port(), wrong);

  const auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].path == "/v1/embeddings");
  CHECK(requests[0].texts == std::vector<std::string>{"a", "b"});
  CHECK(requests[0].model == "tiny");
  CHECK(requests[0].dimensions == 2);
  CHECK(requests[0].tokens == 2);
  CHECK(requests[0].status == 200);
  CHECK(requests[0].key_ok);
  CHECK(requests[1].task_type == "CLUSTERING");
  CHECK(requests[1].status == 400);
  CHECK_FALSE(requests[1].key_ok);
}

TEST_CASE("provider: only texts answered with 200 are billed") {
  ProviderServer server(TestOptions({"refuse-text=bad"}));
  Send(server.port(), OpenAiPost(TinyBody({"a", "b"})));
  Send(server.port(), OpenAiPost(TinyBody({"a", "bad"})));
  Send(server.port(), OpenAiPost(TinyBody({"a"})));
  CHECK(server.texts_billed() == std::unordered_map<std::string, std::size_t>{{"a", 2}, {"b", 1}});
  CHECK(server.history().texts_answered() == 3);
  server.history().Clear();
  CHECK(server.texts_billed().empty());
}

TEST_CASE("provider: texts can be left out of the history, their number stays") {
  ProviderOptions options = TestOptions();
  options.record_texts = false;
  ProviderServer server(options);
  Send(server.port(), OpenAiPost(TinyBody({"a", "b"})));
  CHECK(server.requests().at(0).texts.empty());
  CHECK(server.requests().at(0).text_count == 2);
  CHECK(server.history().texts_answered() == 2);
}

TEST_CASE("provider: an answer takes as long as the latency") {
  ProviderOptions options = TestOptions();
  options.latency = std::chrono::milliseconds(30);
  ProviderServer server(options);
  const auto start = std::chrono::steady_clock::now();
  CHECK(Send(server.port(), OpenAiPost(TinyBody({"a"}))).status == 200);
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(30));
}

TEST_CASE("provider: stopping ends an answer that waits out its latency") {
  ProviderOptions options = TestOptions();
  options.latency = std::chrono::hours(1);
  ProviderServer server(options);
  std::thread caller([&] { Send(server.port(), OpenAiPost(TinyBody({"a"}))); });
  while (server.history().request_count() == 0) std::this_thread::yield();
  server.Stop();
  caller.join();
  CHECK(server.requests().size() == 1);
}

TEST_CASE("provider: a reset connection gives the caller no answer") {
  ProviderServer server(FaultyOptions("reset=100"));
  CHECK(Send(server.port(), OpenAiPost(TinyBody({"a"}))).status == 0);
  CHECK(server.requests().at(0).status == 0);
  CHECK(server.texts_billed().empty());
}

TEST_CASE("provider: a cut body was sent, and billed") {
  ProviderServer server(FaultyOptions("cut=100"));
  CHECK(Send(server.port(), OpenAiPost(TinyBody({"a"}))).status == 0);
  CHECK(server.texts_billed().at("a") == 1);
}

TEST_CASE("provider: a stall lasts until the caller gives up") {
  ProviderServer server(FaultyOptions("stall=100"));
  const Seen seen = SendWithTimeout(server.port(), OpenAiPost(TinyBody({"a"})), 20);
  CHECK(seen.status == 0);
  // The caller may have given up before its request was read.
  while (server.history().request_count() == 0) std::this_thread::yield();
  CHECK(server.requests().at(0).status == 0);
}

TEST_CASE("provider: dead after two requests, until it is revived") {
  ProviderServer server(TestOptions({"dead-after=2"}));
  const HttpRequest request = OpenAiPost(TinyBody({"a"}));
  CHECK(Send(server.port(), request).status == 200);
  CHECK(Send(server.port(), request).status == 200);
  CHECK(Send(server.port(), request).status == 0);
  CHECK(Send(server.port(), request).status == 0);
  server.Revive();
  CHECK(Send(server.port(), request).status == 200);
}

}  // namespace reembed::sandbox
