#include "tests/sandbox/provider_gemini.h"

#include "tests/sandbox/provider_encoding.h"
#include "tests/sandbox/provider_test_support.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

constexpr const char* k001 = "gemini-embedding-001";
constexpr const char* k2 = "gemini-embedding-2";

HttpAnswer Ask(const std::string& model, const std::string& body,
               const ProviderOptions& options = TestOptions()) {
  return ProviderCore(options).Handle(GeminiPost(model, body));
}

HttpAnswer AskSingle(const std::string& body) {
  HttpRequest request = GeminiPost(k001, body);
  request.target = "/v1beta/models/gemini-embedding-001:embedContent";
  return ProviderCore(TestOptions()).Handle(request);
}

std::string Values(const VectorRecipe& recipe, const std::string& text) {
  std::string values;
  AppendJsonArray(SandboxVector(recipe, text), values);
  return values;
}

std::string MessageOf(const HttpAnswer& answer) {
  return At(answer.body, "error/message");
}

}  // namespace

TEST_CASE("gemini: a batch in order, with token counts") {
  const HttpAnswer answer = Ask("tiny", GeminiBody("tiny", {"one", "two words"}));
  const VectorRecipe tiny{.model = "tiny", .task_type = "", .dimensions = 4};
  CHECK(answer.status == 200);
  CHECK(answer.body == "{\"embeddings\":[{\"values\":" + Values(tiny, "one") +
                           "},{\"values\":" + Values(tiny, "two words") +
                           "}],\"usageMetadata\":{\"promptTokenCount\":4}}");
}

TEST_CASE("gemini: short vectors of 001 are not normalised and heed the task type") {
  const HttpAnswer answer = Ask(
      k001, GeminiBody(k001, {"one"}, R"(,"taskType":"RETRIEVAL_QUERY","outputDimensionality":4)"));
  CHECK(
      At(answer.body, "embeddings/0/values") ==
      Values({.model = k001, .task_type = "RETRIEVAL_QUERY", .dimensions = 4, .normalized = false},
             "one"));
}

TEST_CASE("gemini: vectors of 001 in native length are normalised") {
  const HttpAnswer answer = Ask(k001, GeminiBody(k001, {"one"}));
  CHECK(At(answer.body, "embeddings/0/values") ==
        At("{\"v\":" + Values({.model = k001, .task_type = "", .dimensions = 3072}, "one") + "}",
           "v"));
}

TEST_CASE("gemini: model 2 ignores the task type and normalises every length") {
  const HttpAnswer answer = Ask(
      k2, GeminiBody(k2, {"one"}, R"(,"task_type":"RETRIEVAL_QUERY","output_dimensionality":4)"));
  CHECK(At(answer.body, "embeddings/0/values") ==
        Values({.model = k2, .task_type = "", .dimensions = 4}, "one"));
}

TEST_CASE("gemini: a single content") {
  const HttpAnswer answer =
      AskSingle(R"({"content":{"parts":[{"text":"one"}]},"outputDimensionality":2})");
  CHECK(answer.status == 200);
  CHECK(At(answer.body, "embedding/values") ==
        Values({.model = k001, .task_type = "", .dimensions = 2, .normalized = false}, "one"));
}

TEST_CASE("gemini: token counts can be left out") {
  ProviderOptions options = TestOptions();
  options.usage = false;
  CHECK(At(Ask("tiny", GeminiBody("tiny", {"a"}), options).body, "usageMetadata") == "(none)");
}

TEST_CASE("gemini: a wrong key is 400 with the reason in the details") {
  HttpRequest request = GeminiPost("tiny", GeminiBody("tiny", {"a"}));
  request.headers["x-goog-api-key"] = "wrong";
  const HttpAnswer answer = ProviderCore(TestOptions()).Handle(request);
  CHECK(answer.status == 400);
  CHECK(At(answer.body, "error/status") == "\"INVALID_ARGUMENT\"");
  CHECK(MessageOf(answer) == "\"API key not valid. Please pass a valid API key.\"");
  CHECK(At(answer.body, "error/details/0/reason") == "\"API_KEY_INVALID\"");
}

TEST_CASE("gemini: no key is 403") {
  HttpRequest request = GeminiPost("tiny", GeminiBody("tiny", {"a"}));
  request.headers.clear();
  CHECK(ProviderCore(TestOptions()).Handle(request).status == 403);
}

TEST_CASE("gemini: an unknown model is 404") {
  const HttpAnswer answer = Ask("text-embedding-004", GeminiBody("text-embedding-004", {"a"}));
  CHECK(answer.status == 404);
  CHECK(At(answer.body, "error/status") == "\"NOT_FOUND\"");
  CHECK_THAT(answer.body, ContainsSubstring("models/text-embedding-004 is not found"));
}

TEST_CASE("gemini: at most 100 contents") {
  CHECK(Ask("tiny", GeminiBody("tiny", std::vector<std::string>(100, "a"))).status == 200);
  const HttpAnswer answer = Ask("tiny", GeminiBody("tiny", std::vector<std::string>(101, "a")));
  CHECK(answer.status == 400);
  CHECK(MessageOf(answer) ==
        R"("* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch\n")");
}

TEST_CASE("gemini: at most 4 MiB") {
  const HttpAnswer answer = Ask("tiny", GeminiBody("tiny", {std::string(4194304, 'x')}));
  CHECK(answer.status == 400);
  CHECK(MessageOf(answer) == "\"Request payload size exceeds the limit: 4194304 bytes.\"");
}

TEST_CASE("gemini: each request must hold the URL's model") {
  CHECK(Ask("tiny", GeminiBody("other", {"a"})).status == 400);
  CHECK(Ask("tiny", R"({"requests":[{"content":{"parts":[{"text":"a"}]}}]})").status == 400);
}

TEST_CASE("gemini: an empty part fails the whole call") {
  const HttpAnswer answer = Ask("tiny", GeminiBody("tiny", {"a", ""}));
  CHECK(answer.status == 400);
  CHECK_THAT(answer.body, ContainsSubstring("EmbedContentRequest.content contains an empty Part."));
}

TEST_CASE("gemini: broken bodies are 400") {
  CHECK(Ask("tiny", "{").status == 400);
  CHECK(Ask("tiny", "{}").status == 400);
  CHECK(Ask("tiny", R"({"requests":[]})").status == 400);
  CHECK(Ask("tiny", R"({"requests":[{"model":"models/tiny"}]})").status == 400);
  CHECK(Ask("tiny", GeminiBody("tiny", {"a"}, R"(,"taskType":"NO")")).status == 400);
  CHECK(Ask("tiny", GeminiBody("tiny", {"a"}, R"(,"outputDimensionality":5)")).status == 400);
  CHECK(Ask("tiny", GeminiBody("tiny", {"a"}, R"(,"unknown":1)")).status == 400);
}

TEST_CASE("gemini: every content counts against the requests per minute") {
  ProviderOptions options = TestOptions();
  options.quota = {.requests = 100, .tokens = 0};
  ProviderCore core(options);
  const HttpRequest request =
      GeminiPost("tiny", GeminiBody("tiny", std::vector<std::string>(10, "a")));
  CHECK(core.Handle(request).status == 200);
  const HttpAnswer refused = core.Handle(request);
  CHECK(refused.status == 429);
  CHECK(At(refused.body, "error/details/1/violations/0/quotaId") ==
        "\"EmbedContentPerMinutePerProjectPerUserPerModel-PaidTier\"");
  CHECK(At(refused.body, "error/details/1/violations/0/quotaValue") == "\"100\"");
  CHECK_THAT(At(refused.body, "error/details/2/retryDelay"), ContainsSubstring("s\""));
}

TEST_CASE("gemini: targets") {
  CHECK(ReadGeminiTarget("/v1beta/models/m:embedContent?alt=json")->model == "m");
  CHECK(ReadGeminiTarget("/v1beta/models/m:embedContent?alt=json")->method == "embedContent");
  CHECK_FALSE(ReadGeminiTarget("/v1beta/models").has_value());
  CHECK_FALSE(ReadGeminiTarget("/v1/embeddings").has_value());
}

}  // namespace reembed::sandbox
