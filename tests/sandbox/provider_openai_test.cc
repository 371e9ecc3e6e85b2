#include "tests/sandbox/provider_embedder.h"
#include "tests/sandbox/provider_encoding.h"
#include "tests/sandbox/provider_test_support.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

HttpAnswer Ask(const std::string& body, const ProviderOptions& options = TestOptions()) {
  return ProviderCore(options).Handle(OpenAiPost(body));
}

std::string Values(const std::string& model, int dimensions, const std::string& text) {
  std::string values;
  AppendJsonArray(SandboxVector({.model = model, .task_type = "", .dimensions = dimensions}, text),
                  values);
  return values;
}

std::string Model(const std::string& name, const std::string& more) {
  return R"({"input":["a"],"model":")" + name + "\"" + more + "}";
}

}  // namespace

TEST_CASE("openai: vectors as numbers, with index, model and usage") {
  const HttpAnswer answer = Ask(TinyBody({"one", "two words"}));
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":)" +
                           Values("tiny", 4, "one") +
                           R"(},{"object":"embedding","index":1,"embedding":)" +
                           Values("tiny", 4, "two words") +
                           R"(}],"model":"tiny","usage":{"prompt_tokens":4,"total_tokens":4}})");
}

TEST_CASE("openai: vectors as base64") {
  const HttpAnswer answer = Ask(TinyBody({"one"}, R"(,"encoding_format":"base64")"));
  std::string base64;
  AppendBase64(SandboxVector({.model = "tiny", .task_type = "", .dimensions = 4}, "one"), base64);
  CHECK(At(answer.body, "data/0/embedding") == "\"" + base64 + "\"");
}

TEST_CASE("openai: one text outside a list") {
  const HttpAnswer answer = Ask(R"({"model":"tiny","input":"one"})");
  CHECK(At(answer.body, "data/0/embedding") == Values("tiny", 4, "one"));
}

TEST_CASE("openai: shorter vectors on request") {
  const HttpAnswer answer = Ask(Model("text-embedding-3-large", R"(,"dimensions":3)"));
  CHECK(At(answer.body, "data/0/embedding") == Values("text-embedding-3-large", 3, "a"));
}

TEST_CASE("openai: every answer has its own request id") {
  ProviderCore core(TestOptions());
  CHECK(HeaderOf(core.Handle(OpenAiPost(TinyBody({"a"}))), "x-request-id") == "req_sandbox1");
  CHECK(HeaderOf(core.Handle(OpenAiPost(TinyBody({"a"}))), "x-request-id") == "req_sandbox2");
}

TEST_CASE("openai: a wrong key is 401 and shown in the message") {
  HttpRequest request = OpenAiPost(TinyBody({"a"}));
  request.headers["authorization"] = "Bearer wrong";
  const HttpAnswer answer = ProviderCore(TestOptions()).Handle(request);
  CHECK(answer.status == 401);
  CHECK(answer.body ==
        R"({"error":{"message":"Incorrect API key provided: wrong. You can find your API key at )"
        R"(https://platform.openai.com/account/api-keys.","type":"invalid_request_error",)"
        R"("param":null,"code":"invalid_api_key"}})");
}

TEST_CASE("openai: no key is 401 without a code") {
  HttpRequest request = OpenAiPost(TinyBody({"a"}));
  request.headers.clear();
  const HttpAnswer answer = ProviderCore(TestOptions()).Handle(request);
  CHECK(answer.status == 401);
  CHECK(At(answer.body, "error/code") == "null");
}

TEST_CASE("openai: an unknown model is 404") {
  const HttpAnswer answer = Ask(Model("nope", ""));
  CHECK(answer.status == 404);
  CHECK(At(answer.body, "error/code") == "\"model_not_found\"");
  CHECK(At(answer.body, "error/message") ==
        "\"The model `nope` does not exist or you do not have access to it.\"");
}

TEST_CASE("openai: broken bodies are 400") {
  CHECK(Ask("{").status == 400);
  CHECK(Ask("[]").status == 400);
  CHECK(Ask(R"({"model":"tiny"})").status == 400);
  CHECK(Ask(R"({"model":"tiny","input":[1,2]})").status == 400);
  CHECK(Ask(R"({"model":"tiny","input":[]})").status == 400);
  CHECK(Ask(R"({"model":7,"input":["a"]})").status == 400);
  CHECK(Ask(TinyBody({"a"}, R"(,"encoding_format":"hex")")).status == 400);
  CHECK(Ask(TinyBody({"a"}, R"(,"dimensions":0)")).status == 400);
  CHECK(Ask(TinyBody({"a"}, R"(,"dimensions":"4")")).status == 400);
}

TEST_CASE("openai: an argument it does not know is refused") {
  CHECK(At(Ask(TinyBody({"a"}, R"(,"task":1)")).body, "error/message") ==
        "\"Unrecognized request argument supplied: task\"");
}

TEST_CASE("openai: dimensions above the native length, or on a model without, are refused") {
  CHECK_THAT(Ask(Model("text-embedding-3-small", R"(,"dimensions":1537)")).body,
             ContainsSubstring("Must be less than or equal to 1536."));
  CHECK_THAT(Ask(Model("text-embedding-ada-002", R"(,"dimensions":512)")).body,
             ContainsSubstring("This model does not support specifying dimensions."));
}

TEST_CASE("openai: an empty text fails the whole request") {
  const HttpAnswer answer = Ask(TinyBody({"a", ""}));
  CHECK(answer.status == 400);
  CHECK_THAT(answer.body, ContainsSubstring("input cannot be an empty string"));
}

TEST_CASE("openai: at most 2048 texts") {
  CHECK(Ask(TinyBody(std::vector<std::string>(2048, "a"))).status == 200);
  const HttpAnswer answer = Ask(TinyBody(std::vector<std::string>(2049, "a")));
  CHECK(answer.status == 400);
  CHECK_THAT(answer.body, ContainsSubstring("array length must be 2048 or less"));
}

TEST_CASE("openai: a text of more than 8192 tokens is named by its place") {
  const HttpAnswer answer = Ask(TinyBody({"a", std::string(8192 * 4 + 1, 'x')}));
  CHECK(answer.status == 400);
  CHECK(At(answer.body, "error/param") == "\"input[1]\"");
  CHECK(At(answer.body, "error/message") ==
        "\"Invalid 'input[1]': maximum input length is 8192 tokens.\"");
  CHECK(Ask(TinyBody({std::string(8192 * 4, 'x')})).status == 200);
}

TEST_CASE("openai: a lone text that is too long is told otherwise") {
  const HttpAnswer answer =
      Ask(R"({"model":"tiny","input":")" + std::string(8192 * 4 + 1, 'x') + "\"}");
  CHECK(At(answer.body, "error/message") ==
        "\"Invalid 'input': maximum context length is 8192 tokens.\"");
  CHECK(At(answer.body, "error/param") == "null");
}

TEST_CASE("openai: at most 300,000 tokens a request") {
  const HttpAnswer answer = Ask(TinyBody(std::vector<std::string>(40, std::string(8000 * 4, 'x'))));
  CHECK(answer.status == 400);
  CHECK(At(answer.body, "error/code") == "\"max_tokens_per_request\"");
  CHECK(At(answer.body, "error/message") ==
        "\"Requested 320000 tokens, max 300000 tokens per request\"");
}

TEST_CASE("openai: the quota's headers, and a 429 that names the wait") {
  ProviderOptions options = TestOptions();
  options.quota = {.requests = 10, .tokens = 0};
  ProviderCore core(options);
  const HttpAnswer first = core.Handle(OpenAiPost(TinyBody({"a"})));
  CHECK(first.status == 200);
  CHECK(HeaderOf(first, "x-ratelimit-limit-requests") == "10");
  CHECK(HeaderOf(first, "x-ratelimit-remaining-requests") == "0");
  CHECK(HeaderOf(first, "x-ratelimit-reset-requests") == "6s");
  CHECK(HeaderOf(first, "x-ratelimit-limit-tokens") == "(none)");
  const HttpAnswer second = core.Handle(OpenAiPost(TinyBody({"a"})));
  CHECK(second.status == 429);
  CHECK(HeaderOf(second, "retry-after") == "6");
  CHECK(At(second.body, "error/type") == "\"requests\"");
  CHECK_THAT(second.body, ContainsSubstring("requests per min (RPM): Limit 10, Used 10"));
}

TEST_CASE("openai: a request above a whole minute's tokens never passes") {
  ProviderOptions options = TestOptions();
  options.quota = {.requests = 0, .tokens = 10};
  const HttpAnswer answer = Ask(TinyBody({std::string(44, 'x')}), options);
  CHECK(answer.status == 429);
  CHECK(HeaderOf(answer, "retry-after") == "(none)");
  CHECK_THAT(answer.body,
             ContainsSubstring("Request too large for tiny in organization org-sandbox on tokens "
                               "per min (TPM): Limit 10, Requested 11."));
}

}  // namespace reembed::sandbox
