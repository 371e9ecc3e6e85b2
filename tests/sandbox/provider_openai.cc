#include "tests/sandbox/provider_openai.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "tests/sandbox/provider_encoding.h"

namespace reembed::sandbox {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kPath = "/v1/embeddings";

ordered_json OrNull(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

std::string Dump(const ordered_json& body) {
  return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// The header has whole seconds only; rounding down would invite a retry that is refused again.
std::string Seconds(std::chrono::milliseconds wait) {
  return std::to_string((wait.count() + 999) / 1000);
}

// The real service masks most of the key. Some servers in its place do not, and what shows the
// whole key is the harder test of a caller who must not print it.
OpenAiError BadKey(const std::string& key) {
  if (key.empty()) {
    return {.status = 401,
            .message =
                "You didn't provide an API key. You need to provide your API key in an "
                "Authorization header using Bearer auth."};
  }
  return {.status = 401,
          .code = "invalid_api_key",
          .message = "Incorrect API key provided: " + key +
                     ". You can find your API key at "
                     "https://platform.openai.com/account/api-keys."};
}

OpenAiError NoCredit() {
  return {.status = 429,
          .type = "insufficient_quota",
          .code = "insufficient_quota",
          .message =
              "You exceeded your current quota, please check your plan and billing details. For "
              "more information on this error, read the docs: "
              "https://platform.openai.com/docs/guides/error-codes/api-errors."};
}

std::string Whole(double number) {
  return std::to_string(static_cast<long long>(number));
}

OpenAiError RateLimit(const EmbedCall& call, const Refusal& refusal) {
  const QuotaLimits limits = refusal.quota.value_or(QuotaState{}).limits;
  const std::string limit = Whole(refusal.by_tokens ? limits.tokens : limits.requests);
  const std::string unit = refusal.by_tokens ? "tokens per min (TPM)" : "requests per min (RPM)";
  const std::string cost = refusal.by_tokens ? std::to_string(TokensOf(call)) : "1";
  std::string message = "Rate limit reached for " + call.model +
                        " in organization org-sandbox on " + unit + ": Limit " + limit + ", Used " +
                        limit + ", Requested " + cost + ".";
  if (refusal.trouble == Trouble::kRateLimit) {
    message += " Please try again in " + GoDuration(refusal.wait) + ".";
  }
  return {
      .status = 429,
      .type = refusal.by_tokens ? "tokens" : "requests",
      .code = "rate_limit_exceeded",
      .message = message + " Visit https://platform.openai.com/account/rate-limits to learn more."};
}

OpenAiError DailyQuota(const std::string& model) {
  return {.status = 429,
          .type = "requests",
          .code = "rate_limit_exceeded",
          .message = "Rate limit reached for " + model +
                     " in organization org-sandbox on requests per day (RPD): Limit 10000, Used "
                     "10000, Requested 1. Please try again in 8.64s. Visit "
                     "https://platform.openai.com/account/rate-limits to learn more."};
}

// Permanent at this size: the message says so, the code is that of every rate limit.
OpenAiError TooLargeForLimit(const EmbedCall& call, const std::string& limit) {
  return {.status = 429,
          .type = "tokens",
          .code = "rate_limit_exceeded",
          .message = "Request too large for " + call.model +
                     " in organization org-sandbox on tokens per min (TPM): Limit " + limit +
                     ", Requested " + std::to_string(TokensOf(call)) +
                     ". The input or output tokens must be reduced in order to run "
                     "successfully."};
}

OpenAiError RefusedText(const EmbedCall& call, const Refusal& refusal) {
  if (!refusal.item) return {.message = "One of the inputs was refused."};
  const std::string param = call.lone ? "input" : "input[" + std::to_string(*refusal.item) + "]";
  return {.code = "invalid_value",
          .param = param,
          .message = "Invalid '" + param + "': this input was refused."};
}

OpenAiError ServerError(const std::string& more) {
  return {.status = 500,
          .type = "server_error",
          .message = "The server had an error while processing your request." + more};
}

OpenAiError Describe(const EmbedCall& call, const Refusal& refusal) {
  switch (refusal.trouble) {
    case Trouble::kBadKey:
      return BadKey(call.key);
    case Trouble::kNoCredit:
      return NoCredit();
    case Trouble::kDailyQuota:
      return DailyQuota(call.model);
    case Trouble::kLimitZero:
      return TooLargeForLimit(call, "0");
    case Trouble::kRequestTooLarge:
      return TooLargeForLimit(call, Whole(refusal.quota.value_or(QuotaState{}).limits.tokens));
    case Trouble::kRateLimit:
    case Trouble::kRateLimitBare:
      return RateLimit(call, refusal);
    case Trouble::kRateLimitSilent:
      return {.status = 429,
              .type = "rate_limit_error",
              .code = "rate_limit_exceeded",
              .message = "Too many requests, slow down."};
    case Trouble::kUnavailable:
      return {.status = 503,
              .type = "service_unavailable_error",
              .code = "server_is_overloaded",
              .message = "The server is overloaded. Please try again later."};
    case Trouble::kRefusedText:
      return RefusedText(call, refusal);
    case Trouble::kEchoKey:
      return ServerError(" The key " + call.key + " could not be checked.");
    case Trouble::kServerError:
    case Trouble::kError200:
      break;
  }
  return ServerError(" Sorry about that!");
}

// Some gateways report upstream errors like this: no status tells, only the missing vectors.
HttpAnswer DetailWith200() {
  HttpAnswer answer;
  answer.body = R"({"detail":"The upstream model did not answer."})";
  return answer;
}

void AddItem(const EmbeddedItem& item, const AnswerShape& shape, std::string& body) {
  body += R"({"object":"embedding",)";
  if (shape.with_index) body += "\"index\":" + std::to_string(item.index) + ",";
  body += "\"embedding\":";
  if (shape.base64) {
    body.push_back('"');
    AppendBase64(item.vector, body);
    body.push_back('"');
  } else {
    AppendJsonArray(item.vector, body);
  }
  body.push_back('}');
}

class OpenAiDialect : public Dialect {
 public:
  explicit OpenAiDialect(const ProviderOptions& options) : options_(options) {}

  bool Serves(const HttpRequest& request) const override {
    return std::string_view(request.target).substr(0, request.target.find('?')) == kPath;
  }

  ParsedCall Parse(const HttpRequest& request) const override {
    return ParseOpenAiRequest(request, options_);
  }

  HttpAnswer Refuse(const EmbedCall& call, const Refusal& refusal) const override {
    if (refusal.trouble == Trouble::kError200) return DetailWith200();
    HttpAnswer answer = WriteOpenAiError(Describe(call, refusal), options_.modes.flat_errors);
    if (refusal.trouble != Trouble::kRateLimit) return answer;
    answer.headers.emplace_back("retry-after", Seconds(refusal.wait));
    answer.headers.emplace_back("retry-after-ms", std::to_string(refusal.wait.count()));
    return answer;
  }

  HttpAnswer Answer(const EmbedCall& call, std::span<const EmbeddedItem> items,
                    const AnswerShape& shape) const override {
    HttpAnswer answer;
    // One allocation for the whole body: twelve bytes a component fit numbers and base64.
    const std::size_t bytes_each = items.empty() ? 0 : items.front().vector.size() * 12 + 64;
    answer.body.reserve(items.size() * bytes_each + 256);
    answer.body = R"({"object":"list","data":[)";
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) answer.body.push_back(',');
      AddItem(items[i], shape, answer.body);
    }
    answer.body += "],\"model\":" + JsonString(call.model);
    const std::string tokens = std::to_string(TokensOf(call));
    if (shape.with_usage) {
      answer.body +=
          R"(,"usage":{"prompt_tokens":)" + tokens + R"(,"total_tokens":)" + tokens + "}";
    }
    answer.body += "}";
    return answer;
  }

  VectorRecipe RecipeFor(const EmbedCall& call) const override {
    const ModelInfo model =
        FindOpenAiModel(call.model, options_.extra_models).value_or(ModelInfo{});
    const int dimensions = call.dimensions > 0 ? call.dimensions : model.native_dimensions;
    return {.model = call.model, .task_type = "", .dimensions = dimensions};
  }

  double QuotaRequests(const EmbedCall&) const override { return 1; }

  std::vector<std::pair<std::string, std::string>> QuotaHeaders(
      const QuotaState& quota) const override {
    std::vector<std::pair<std::string, std::string>> headers;
    if (quota.limits.requests > 0) {
      headers.emplace_back("x-ratelimit-limit-requests", Whole(quota.limits.requests));
      headers.emplace_back("x-ratelimit-remaining-requests",
                           std::to_string(quota.remaining_requests));
      headers.emplace_back("x-ratelimit-reset-requests", GoDuration(quota.reset_requests));
    }
    if (quota.limits.tokens > 0) {
      headers.emplace_back("x-ratelimit-limit-tokens", Whole(quota.limits.tokens));
      headers.emplace_back("x-ratelimit-remaining-tokens", std::to_string(quota.remaining_tokens));
      headers.emplace_back("x-ratelimit-reset-tokens", GoDuration(quota.reset_tokens));
    }
    return headers;
  }

 private:
  ProviderOptions options_;
};

}  // namespace

HttpAnswer WriteOpenAiError(const OpenAiError& error, bool flat) {
  ordered_json inner{{"message", error.message},
                     {"type", error.type},
                     {"param", OrNull(error.param)},
                     {"code", flat ? ordered_json(error.status) : OrNull(error.code)}};
  HttpAnswer answer;
  answer.status = error.status;
  if (flat) {
    ordered_json body{{"object", "error"}};
    body.update(inner);
    answer.body = Dump(body);
  } else {
    answer.body = Dump(ordered_json{{"error", inner}});
  }
  return answer;
}

std::unique_ptr<Dialect> MakeOpenAiDialect(const ProviderOptions& options) {
  return std::make_unique<OpenAiDialect>(options);
}

std::size_t TokensOf(const EmbedCall& call) {
  std::size_t tokens = 0;
  for (const std::string& text : call.texts) tokens += SandboxTokens(text);
  return tokens;
}

}  // namespace reembed::sandbox
