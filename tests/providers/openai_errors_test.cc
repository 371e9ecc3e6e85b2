#include "providers/openai_errors.h"

#include "tests/providers/error_case.h"

namespace reembed::testing {
namespace {

using Kind = ErrorKind;
using Unit = LimitUnit;
constexpr std::nullopt_t kNone = std::nullopt;

Error Classified(int status, std::string body, std::vector<HttpHeader> headers = {}) {
  const Redactor redact;
  return ClassifyOpenAiError(
      {.status = status, .headers = std::move(headers), .body = std::move(body)},
      TestContext(redact));
}

OpenAiOption Option(int status, const std::string& file) {
  return RefusedOption({.status = status, .headers = {}, .body = ProviderData(file)});
}

std::string WithCode(const std::string& code) {
  return R"({"error":{"message":"m","type":"t","param":null,"code":")" + code + R"("}})";
}

std::string WithMessage(const std::string& message) {
  return R"({"error":{"message":")" + message + R"("}})";
}

}  // namespace

TEST_CASE("openai errors: captured answers") {
  const std::vector<ErrorCase> rows = {
      {401, "openai_401_key.json", Kind::kRefused},
      {404, "openai_404_model.json", Kind::kRefused},
      {400, "openai_400_item_too_long.json", Kind::kTooLong, 2, Unit::kTokens, 8192},
      {400, "openai_400_lone_too_long.json", Kind::kTooLong, kNone, Unit::kTokens, 8192},
      {400, "openai_400_context_length.json", Kind::kTooLong, kNone, Unit::kTokens, 8192, 12011},
      {400, "openai_400_request_tokens.json", Kind::kTooBig, kNone, Unit::kTokens, 300'000,
       468'160},
      {400, "openai_400_array_length.json", Kind::kTooBig, kNone, Unit::kInputs, 2048},
      {400, "openai_400_empty.json", Kind::kBadText, 1},
      {400, "openai_400_input_invalid.json", Kind::kBadText},
      {400, "openai_400_dimensions_above.json", Kind::kRefused},
      {400, "openai_400_unknown_parameter.json", Kind::kRefused},
      {429, "openai_429_quota.json", Kind::kRefused},
      {429, "openai_429_too_large.json", Kind::kTooBig, kNone, Unit::kTokens, 40'000, 61'234},
      {502, "bad_gateway.html.txt", Kind::kTransient},
      {503, "openai_503_overloaded.json", Kind::kTransient},
  };
  for (const ErrorCase& row : rows) CheckErrorCase(row, ClassifyOpenAiError);
}

TEST_CASE("openai errors: a wait that only the text states") {
  const std::vector<ErrorCase> rows = {
      {429, "openai_429_tpm.json", Kind::kRateLimited, kNone, Unit::kTokens, 1'000'000, kNone,
       Millis(2812)},
      {429, "openai_429_rpd.json", Kind::kRateLimited, kNone, Unit::kNone, kNone, kNone,
       Millis(25'920'000)},
      {429, "azure_429.json", Kind::kRateLimited, kNone, Unit::kNone, kNone, kNone, Millis(55'000)},
  };
  for (const ErrorCase& row : rows) CheckErrorCase(row, ClassifyOpenAiError);
}

TEST_CASE("openai errors: servers with the same interface") {
  const std::vector<ErrorCase> rows = {
      {413, "github_413.json", Kind::kTooBig, kNone, Unit::kTokens, 64'000},
      {422, "tei_422_batch.json", Kind::kTooBig, kNone, Unit::kInputs, 32, 33},
      {429, "tei_429_overloaded.json", Kind::kRateLimited},
      {400, "vllm_400_matryoshka.json", Kind::kRefused},
      {400, "vllm_400_context.json", Kind::kTooLong, kNone, Unit::kTokens, 512, 1451},
      {500, "llamacpp_500_too_large.json", Kind::kTooLong, kNone, Unit::kTokens, 512, 826},
      {400, "llamacpp_400_context.json", Kind::kTooLong, kNone, Unit::kTokens, 1024, 1826},
      {400, "litellm_400_dimensions.json", Kind::kRefused},
      {429, "litellm_429_quota.json", Kind::kRefused},
      {200, "tei_429_overloaded.json", Kind::kRateLimited},
      {200, "openai_429_quota.json", Kind::kRefused},
      {400, "bad_gateway.html.txt", Kind::kRefused},
      {429, "google_429_text_only.json", Kind::kRateLimited, kNone, Unit::kRequests, 3000, kNone,
       Millis(21'700)},
  };
  for (const ErrorCase& row : rows) CheckErrorCase(row, ClassifyOpenAiError);
}

TEST_CASE("openai errors: sentences that say a text is too long") {
  for (const char* sentence :
       {"Input text is too long.", "prompt is too long", "Your text has too many tokens.",
        "too many tokens: size limit exceeded by 500 tokens.", "exceeds maximum sequence length"}) {
    INFO(sentence);
    CHECK(Classified(400, WithMessage(sentence)).kind == Kind::kTooLong);
  }
  const Error error =
      Classified(400, WithMessage("Input length 900 exceeds maximum allowed token size 512"));
  CHECK(error.limit == 512U);
  CHECK(error.actual == 900U);
}

TEST_CASE("openai errors: sentences that say the request is too big") {
  const Error inputs = Classified(400, WithMessage("Too many inputs: at most 16 allowed, got 32"));
  CHECK(inputs.kind == Kind::kTooBig);
  CHECK(inputs.limit == 16U);
  const Error tokens =
      Classified(400, WithMessage("The max allowed tokens per submitted batch is 120000. Your "
                                  "batch has 130000 tokens after truncation."));
  CHECK(tokens.kind == Kind::kTooBig);
  CHECK(tokens.limit == 120'000U);
}

TEST_CASE("openai errors: a bad request about the model concerns no text") {
  for (const char* sentence :
       {"Model 'm-1' not found", "unknown model m-1", "no such model",
        "model m-1 is not supported for embeddings", "litellm: LLM Provider NOT provided."}) {
    INFO(sentence);
    CHECK(Classified(400, WithMessage(sentence)).kind == Kind::kRefused);
  }
  CHECK(Classified(422, R"({"detail":[{"loc":["body","model"],"msg":"Field required"}]})").kind ==
        Kind::kRefused);
  CHECK(Classified(400, WithMessage("The model refuses this text")).kind == Kind::kBadText);
}

TEST_CASE("openai errors: a sentence with 200 is an error all the same") {
  const Error model = Classified(200, R"({"detail":"model m-1 not found"})");
  CHECK(model.kind == Kind::kRefused);
  CHECK_THAT(model.message, ContainsSubstring("EMBEDDING_MODEL"));
  CHECK(Classified(200, R"({"detail":"busy"})").kind == Kind::kTransient);
  CHECK(Classified(200, "<html>model not found</html>").kind == Kind::kTransient);
  CHECK(Classified(200, R"({"data":[{"model not found)").kind == Kind::kTransient);
  CHECK(
      RefusedOption({.status = 200, .headers = {}, .body = R"({"error":"no dimensions here"})"}) ==
      OpenAiOption::kDimensions);
  CHECK(RefusedOption({.status = 200, .headers = {}, .body = R"({"dimensions":8})"}) ==
        OpenAiOption::kNone);
}

TEST_CASE("openai errors: a code says more than the status") {
  for (const char* code :
       {"insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded", "organization_usage_limit_exceeded",
        "billing_hard_limit_reached", "billing_not_active"}) {
    INFO(code);
    CHECK(Classified(429, WithCode(code)).kind == Kind::kRefused);
    CHECK_THAT(Classified(429, WithCode(code)).message, ContainsSubstring("billing"));
  }
  CHECK(Classified(400, WithCode("invalid_api_key")).kind == Kind::kRefused);
  CHECK(Classified(403, WithCode("rate_limit_exceeded")).kind == Kind::kRateLimited);
  CHECK(Classified(429, WithCode("slow_down")).kind == Kind::kRateLimited);
  CHECK(Classified(400, WithCode("context_length_exceeded")).kind == Kind::kTooLong);
}

TEST_CASE("openai errors: a quota of nothing is no matter of time") {
  const std::string message = "m on requests per min (RPM): Limit 0, Requested 1.";
  const std::string body = R"({"error":{"code":"rate_limit_exceeded","message":")" + message;
  CHECK(Classified(429, body + "\"}}").kind == Kind::kRefused);
  CHECK(Classified(429, body + " Request too large.\"}}").kind == Kind::kRefused);
  // Google's surface for clients of OpenAI.
  CHECK(Classified(429, WithMessage("Quota exceeded for metric: a/free_tier_requests, limit: 0, "
                                    "model: m Please retry in 30s."))
            .kind == Kind::kRefused);
}

TEST_CASE("openai errors: the server's wait comes from the headers first") {
  const std::string body = ProviderData("openai_429_tpm.json");
  CHECK(Classified(429, body, {{"retry-after-ms", "1500"}}).retry_after == Millis(1500));
  CHECK(Classified(429, body, {{"Retry-After", "9"}}).retry_after == Millis(9000));
}

TEST_CASE("openai errors: the quota that a refusal states, else the one of its headers") {
  const Error requests = Classified(
      429, WithMessage("Rate limit reached for m on requests per min (RPM): Limit 3,000, "
                       "Used 3000, Requested 1. Please try again in 20ms."));
  CHECK(requests.limit == 3000U);
  CHECK(requests.limit_unit == Unit::kRequests);
  CHECK(requests.retry_after == Millis(20));
  const Error header =
      Classified(429, WithMessage("slow down"),
                 {{"x-ratelimit-limit-tokens", "40000"}, {"x-ratelimit-remaining-tokens", "0"}});
  CHECK(header.limit == 40'000U);
  CHECK(header.limit_unit == Unit::kTokens);
  CHECK_FALSE(Classified(429, ProviderData("openai_429_rpd.json")).limit);
}

TEST_CASE("openai errors: an overload is told from a quota") {
  CHECK(Classified(429, ProviderData("tei_429_overloaded.json")).overloaded);
  CHECK(Classified(503, ProviderData("openai_503_overloaded.json")).overloaded);
  CHECK(Classified(429, WithCode("slow_down")).overloaded);
  CHECK_FALSE(Classified(429, ProviderData("openai_429_tpm.json")).overloaded);
  CHECK_FALSE(Classified(502, "").overloaded);
}

TEST_CASE("openai errors: an item beyond the request is not believed") {
  const Error error = Classified(400, R"({"error":{"message":"bad","param":"input[4]"}})");
  CHECK(error.kind == Kind::kBadText);
  CHECK(!error.item.has_value());
}

TEST_CASE("openai errors: messages say what to do and show no part of a key") {
  CHECK(Classified(401, ProviderData("openai_401_key.json")).message ==
        "server at host:1 answered 401: Incorrect API key provided: *** You can find your API key "
        "at https://platform.openai.com/account/api-keys.; check OPENAI_API_KEY");
  CHECK_THAT(Classified(404, "").message,
             ContainsSubstring("404: an empty answer; check EMBEDDING_MODEL (\"m-1\") and "
                               "OPENAI_BASE_URL"));
  CHECK(Classified(502, ProviderData("bad_gateway.html.txt")).message ==
        "server at host:1 answered 502: an HTML page \"502 Bad Gateway\"");
}

TEST_CASE("openai errors: options that a server lacks") {
  CHECK(Option(400, "vllm_400_matryoshka.json") == OpenAiOption::kDimensions);
  CHECK(Option(400, "litellm_400_dimensions.json") == OpenAiOption::kDimensions);
  CHECK(Option(400, "openai_400_dimensions_above.json") == OpenAiOption::kNone);
  CHECK(Option(400, "openai_400_empty.json") == OpenAiOption::kNone);
  CHECK(Option(500, "vllm_400_matryoshka.json") == OpenAiOption::kNone);
  CHECK(RefusedOption({.status = 422,
                       .headers = {},
                       .body = R"({"detail":[{"loc":["body","encoding_format"],)"
                               R"("msg":"Extra inputs are not permitted"}]})"}) ==
        OpenAiOption::kBase64);
}

}  // namespace reembed::testing
