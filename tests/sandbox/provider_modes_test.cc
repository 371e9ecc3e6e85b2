#include "tests/sandbox/fault_wire.h"
#include "tests/sandbox/provider_test_support.h"
#include "tests/support/catch2.h"

namespace reembed::sandbox {
namespace {

HttpAnswer AskOpenAi(const ProviderOptions& options, const std::string& body) {
  return ProviderCore(options).Handle(OpenAiPost(body));
}

HttpAnswer AskGemini(const ProviderOptions& options) {
  return ProviderCore(options).Handle(
      GeminiPost("tiny", GeminiBody("tiny", {"good", "a bad one"})));
}

HttpAnswer OpenAiWith(const std::string& mode) {
  return AskOpenAi(TestOptions({mode}), TinyBody({"good", "a bad one"}));
}

HttpAnswer OpenAiUnder(const std::string& faults) {
  return AskOpenAi(FaultyOptions(faults), TinyBody({"one", "two", "three"}));
}

std::string CodeOf(const HttpAnswer& answer) {
  return At(answer.body, "error/code");
}

}  // namespace

TEST_CASE("modes: unknown ones are named together with the known") {
  ProviderModes modes;
  CHECK_THAT(AddMode("nonsense", modes).error().message,
             ContainsSubstring("mode \"nonsense\" is not one of bad-key, no-credit"));
  CHECK_FALSE(AddMode("max-inputs", modes).ok());
  CHECK_FALSE(AddMode("max-inputs=0", modes).ok());
  CHECK_FALSE(AddMode("max-inputs=3x", modes).ok());
  CHECK_FALSE(AddMode("poison=", modes).ok());
  CHECK(AddMode("poison=a=b", modes).ok());
  CHECK(modes.poison == "a=b");
}

TEST_CASE("mode bad-key: even the right key is refused") {
  CHECK(OpenAiWith("bad-key").status == 401);
  CHECK_THAT(OpenAiWith("bad-key").body, ContainsSubstring(kTestKey));
  CHECK(AskGemini(TestOptions({"bad-key"})).status == 400);
}

TEST_CASE("mode no-credit: a 429 that no waiting helps, Google's 402") {
  CHECK(OpenAiWith("no-credit").status == 429);
  CHECK(CodeOf(OpenAiWith("no-credit")) == "\"insufficient_quota\"");
  CHECK(AskGemini(TestOptions({"no-credit"})).status == 402);
}

TEST_CASE("mode no-model: 404 for a model that is known") {
  CHECK(OpenAiWith("no-model").status == 404);
  CHECK(AskGemini(TestOptions({"no-model"})).status == 404);
}

TEST_CASE("mode daily-quota: the quota's name tells, the delay misleads") {
  const HttpAnswer answer = AskGemini(TestOptions({"daily-quota"}));
  CHECK(answer.status == 429);
  CHECK_THAT(At(answer.body, "error/details/1/violations/0/quotaId"), ContainsSubstring("PerDay"));
  CHECK(At(answer.body, "error/details/2/retryDelay") == "\"8.200s\"");
  CHECK_THAT(OpenAiWith("daily-quota").body, ContainsSubstring("requests per day (RPD)"));
}

TEST_CASE("mode limit-0: the plan has no share of this model") {
  CHECK_THAT(AskGemini(TestOptions({"limit-0"})).body, ContainsSubstring("limit: 0, model: tiny"));
  CHECK_THAT(OpenAiWith("limit-0").body, ContainsSubstring("Limit 0, Requested"));
}

TEST_CASE("mode no-dimensions: vLLM's flat refusal, and only with dimensions") {
  const ProviderOptions options = TestOptions({"no-dimensions"});
  const HttpAnswer answer = AskOpenAi(options, TinyBody({"a"}, R"(,"dimensions":2)"));
  CHECK(answer.status == 400);
  CHECK(At(answer.body, "object") == "\"error\"");
  CHECK(At(answer.body, "type") == "\"BadRequestError\"");
  CHECK(At(answer.body, "code") == "400");
  CHECK_THAT(answer.body, ContainsSubstring("does not support matryoshka representation"));
  CHECK(AskOpenAi(options, TinyBody({"a"})).status == 200);
}

TEST_CASE("mode no-base64: encoding_format is refused") {
  const ProviderOptions options = TestOptions({"no-base64"});
  const HttpAnswer answer = AskOpenAi(options, TinyBody({"a"}, R"(,"encoding_format":"base64")"));
  CHECK(answer.status == 400);
  CHECK(At(answer.body, "error/param") == "\"encoding_format\"");
  CHECK(AskOpenAi(options, TinyBody({"a"})).status == 200);
}

TEST_CASE("mode max-inputs: TEI's 422, Google's 400") {
  const HttpAnswer answer = OpenAiWith("max-inputs=1");
  CHECK(answer.status == 422);
  CHECK(At(answer.body, "message") == "\"batch size 2 > maximum allowed batch size 1\"");
  CHECK(At(answer.body, "type") == "\"Validation\"");
  CHECK(OpenAiWith("max-inputs=2").status == 200);
  CHECK_THAT(AskGemini(TestOptions({"max-inputs=1"})).body,
             ContainsSubstring("at most 1 requests can be in one batch"));
}

TEST_CASE("mode flat-errors: the members without the error object") {
  const HttpAnswer answer = AskOpenAi(TestOptions({"flat-errors"}), R"({"model":"x","input":"a"})");
  CHECK(answer.status == 404);
  CHECK(At(answer.body, "message") ==
        "\"The model `x` does not exist or you do not have access to it.\"");
  CHECK(At(answer.body, "code") == "404");
}

TEST_CASE("mode dead-after: every request after the Nth is reset") {
  ProviderCore core(TestOptions({"dead-after=1"}));
  CHECK(HeaderOf(core.Handle(OpenAiPost(TinyBody({"a"}))), std::string(kWireHeader)) == "(none)");
  CHECK(HeaderOf(core.Handle(OpenAiPost(TinyBody({"a"}))), std::string(kWireHeader)) == "reset");
  CHECK(core.history().requests().at(1).status == 0);
}

TEST_CASE("mode refuse-text: the refusal names the text") {
  const HttpAnswer answer = OpenAiWith("refuse-text=bad");
  CHECK(answer.status == 400);
  CHECK(At(answer.body, "error/param") == "\"input[1]\"");
  CHECK(CodeOf(answer) == "\"invalid_value\"");
  CHECK_THAT(AskGemini(TestOptions({"refuse-text=bad"})).body, ContainsSubstring("requests[1]"));
  CHECK(OpenAiWith("refuse-text=worse").status == 200);
}

TEST_CASE("mode refuse-anon: the refusal names no text") {
  const HttpAnswer answer = OpenAiWith("refuse-anon=bad");
  CHECK(answer.status == 400);
  CHECK(At(answer.body, "error/param") == "null");
}

TEST_CASE("mode poison: 500 while the text is in the batch") {
  CHECK(OpenAiWith("poison=bad").status == 500);
  CHECK(AskOpenAi(TestOptions({"poison=bad"}), TinyBody({"good"})).status == 200);
}

TEST_CASE("fault 429: OpenAI tells the wait in headers, Google in RetryInfo") {
  const HttpAnswer answer = OpenAiUnder("429=100");
  CHECK(answer.status == 429);
  CHECK(HeaderOf(answer, "retry-after") == "1");
  CHECK(HeaderOf(answer, "retry-after-ms") == "50");
  CHECK(HeaderOf(answer, "x-ratelimit-remaining-requests") == "0");
  CHECK(At(AskGemini(FaultyOptions("429=100")).body, "error/details/2/retryDelay") == "\"0.050s\"");
}

TEST_CASE("fault 429-bare: nobody tells the wait") {
  const HttpAnswer answer = OpenAiUnder("429-bare=100");
  CHECK(answer.status == 429);
  CHECK(HeaderOf(answer, "retry-after") == "(none)");
  CHECK(HeaderOf(answer, "x-ratelimit-limit-requests") == "(none)");
  CHECK(At(AskGemini(FaultyOptions("429-bare=100")).body, "error/details") == "(none)");
}

TEST_CASE("faults 500, 502-html, 503: each in the vendor's form") {
  CHECK(At(OpenAiUnder("500=100").body, "error/type") == "\"server_error\"");
  CHECK(OpenAiUnder("502-html=100").status == 502);
  CHECK_THAT(OpenAiUnder("502-html=100").body, ContainsSubstring("<title>502 Bad Gateway"));
  CHECK(CodeOf(OpenAiUnder("503=100")) == "\"server_is_overloaded\"");
  CHECK(At(AskGemini(FaultyOptions("500=100")).body, "error/status") == "\"INTERNAL\"");
  CHECK(At(AskGemini(FaultyOptions("503=100")).body, "error/status") == "\"UNAVAILABLE\"");
}

TEST_CASE("faults on the wire: the answer carries the order for the proxy") {
  const std::string header(kWireHeader);
  CHECK(HeaderOf(OpenAiUnder("reset=100"), header) == "reset");
  CHECK(HeaderOf(OpenAiUnder("stall=100"), header) == "stall");
  CHECK(HeaderOf(OpenAiUnder("cut=100"), header) == "cut");
  CHECK(At(OpenAiUnder("cut=100").body, "data/2/index") == "2");
}

TEST_CASE("fault error-200: an error where vectors should be") {
  CHECK(OpenAiUnder("error-200=100").status == 200);
  CHECK(At(OpenAiUnder("error-200=100").body, "detail") ==
        "\"The upstream model did not answer.\"");
  CHECK(AskGemini(FaultyOptions("error-200=100")).status == 200);
  CHECK(At(AskGemini(FaultyOptions("error-200=100")).body, "error/code") == "500");
}

TEST_CASE("fault echo-key: the message shows the caller's key") {
  CHECK(OpenAiUnder("echo-key=100").status == 500);
  CHECK_THAT(OpenAiUnder("echo-key=100").body, ContainsSubstring(kTestKey));
  CHECK_THAT(AskGemini(FaultyOptions("echo-key=100")).body, ContainsSubstring(kTestKey));
}

TEST_CASE("faults in the body: 200, and not what was asked for") {
  CHECK(OpenAiUnder("bad-json=100").status == 200);
  CHECK(At(OpenAiUnder("bad-json=100").body, "data") == "(none)");
  CHECK(At(OpenAiUnder("missing-item=100").body, "data/2") == "(none)");
  CHECK(At(OpenAiUnder("zero=100").body, "data/1/embedding") == "[0,0,0,0]");
  CHECK(At(OpenAiUnder("wrong-length=100").body, "data/1/embedding/3") == "(none)");
  CHECK(At(OpenAiUnder("nan=100").body, "data/1/embedding/1") == "null");
}

TEST_CASE("quirk shuffle: out of order with the right index, and never for Google") {
  const HttpAnswer answer = OpenAiUnder("shuffle=100");
  CHECK(At(answer.body, "data/0/index") == "1");
  CHECK(AskGemini(FaultyOptions("shuffle=100")).body == AskGemini(TestOptions()).body);
}

TEST_CASE("quirk no-index: in order, even when a shuffle is due") {
  const HttpAnswer answer = OpenAiUnder("no-index=100,shuffle=100");
  CHECK(At(answer.body, "data/0/index") == "(none)");
  CHECK(At(answer.body, "data/0/embedding") == At(OpenAiUnder("").body, "data/0/embedding"));
}

TEST_CASE("quirk no-usage: no token counts") {
  CHECK(At(OpenAiUnder("no-usage=100").body, "usage") == "(none)");
  CHECK(At(AskGemini(FaultyOptions("no-usage=100")).body, "usageMetadata") == "(none)");
}

TEST_CASE("quirk floats-for-base64: numbers although base64 was asked for") {
  const HttpAnswer answer = AskOpenAi(FaultyOptions("floats-for-base64=100"),
                                      TinyBody({"one"}, R"(,"encoding_format":"base64")"));
  CHECK(At(answer.body, "data/0/embedding") == At(OpenAiUnder("").body, "data/0/embedding"));
}

}  // namespace reembed::sandbox
