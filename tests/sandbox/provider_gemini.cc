#include "tests/sandbox/provider_gemini.h"

#include <algorithm>

#include "tests/sandbox/provider_encoding.h"

namespace reembed::sandbox {
namespace {

constexpr std::string_view kAdvice =
    "You exceeded your current quota, please check your plan and billing details. For more "
    "information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.";
constexpr std::string_view kHelp =
    R"({"@type":"type.googleapis.com/google.rpc.Help","links":[{"description":)"
    R"("Learn more about Gemini API quotas",)"
    R"("url":"https://ai.google.dev/gemini-api/docs/rate-limits"}]})";
constexpr std::string_view kInvalidKey =
    R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID",)"
    R"("domain":"googleapis.com","metadata":{"service":"generativelanguage.googleapis.com"}},)"
    R"({"@type":"type.googleapis.com/google.rpc.LocalizedMessage","locale":"en-US",)"
    R"("message":"API key not valid. Please pass a valid API key."})";

/// What a 429 says is used up.
struct UsedUp {
  std::string metric;
  std::string id;
  std::string limit;
};

// A proto Duration: whole seconds without, other ones with a fraction.
std::string ProtoSeconds(std::chrono::milliseconds wait) {
  const auto whole = wait.count() / 1000;
  const std::string rest = std::to_string(wait.count() % 1000 + 1000).substr(1);
  return std::to_string(whole) + (rest == "000" ? "" : "." + rest) + "s";
}

std::string Violation(const UsedUp& used, const std::string& model) {
  return R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":)" +
         JsonString(used.metric) + R"(,"quotaId":)" + JsonString(used.id) +
         R"(,"quotaDimensions":{"location":"global","model":)" + JsonString(model) +
         R"(},"quotaValue":)" + JsonString(used.limit) + "}]}";
}

HttpAnswer QuotaError(const EmbedCall& call, const UsedUp& used, std::chrono::milliseconds wait) {
  const std::string delay = ProtoSeconds(wait);
  const std::string message =
      std::string(kAdvice) + "\n* Quota exceeded for metric: " + used.metric +
      ", limit: " + used.limit + ", model: " + call.model + "\nPlease retry in " + delay + ".";
  const std::string details =
      std::string(kHelp) + "," + Violation(used, call.model) +
      R"(,{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":")" + delay + "\"}";
  return WriteGeminiError(429, "RESOURCE_EXHAUSTED", message, details);
}

// Contents, not calls, are what the request quota counts.
HttpAnswer RateLimit(const EmbedCall& call, const Refusal& refusal) {
  const QuotaLimits limits = refusal.quota.value_or(QuotaState{}).limits;
  const double limit = refusal.by_tokens ? limits.tokens : limits.requests;
  const std::string unit = refusal.by_tokens ? "tokens" : "requests";
  return QuotaError(
      call,
      {.metric = "generativelanguage.googleapis.com/embed_content_paid_tier_" + unit,
       .id = refusal.by_tokens ? "EmbedContentTokensPerMinutePerProjectPerUserPerModel-PaidTier"
                               : "EmbedContentPerMinutePerProjectPerUserPerModel-PaidTier",
       .limit = std::to_string(static_cast<long long>(limit))},
      refusal.wait);
}

// The delay of a daily quota misleads, as Google's does.
HttpAnswer FreeTier(const EmbedCall& call, const std::string& period, const std::string& limit) {
  return QuotaError(call,
                    {.metric = "generativelanguage.googleapis.com/embed_content_free_tier_requests",
                     .id = "EmbedContentRequests" + period + "PerUserPerProjectPerModel-FreeTier",
                     .limit = limit},
                    std::chrono::milliseconds(8200));
}

// A wrong key is no 401 here: only the reason in the details tells it from a bad request.
HttpAnswer BadKey(const std::string& key) {
  if (key.empty()) {
    return WriteGeminiError(403, "PERMISSION_DENIED",
                            "Method doesn't allow unregistered callers (callers without "
                            "established identity). Please use API Key or other form of API "
                            "consumer identity to call this API.");
  }
  return WriteGeminiError(400, "INVALID_ARGUMENT",
                          "API key not valid. Please pass a valid API key.",
                          std::string(kInvalidKey));
}

HttpAnswer RefusedText(const Refusal& refusal) {
  const std::string place =
      refusal.item ? "requests[" + std::to_string(*refusal.item) + "]" : "requests";
  return WriteGeminiError(
      400, "INVALID_ARGUMENT",
      "* BatchEmbedContentsRequest." + place + ".content: the content was refused.\n");
}

HttpAnswer Internal(const std::string& more) {
  return WriteGeminiError(500, "INTERNAL", "An internal error has occurred." + more);
}

HttpAnswer WithStatus200(HttpAnswer answer) {
  answer.status = 200;
  return answer;
}

void AddValues(const EmbeddedItem& item, std::string& body) {
  body += "{\"values\":";
  AppendJsonArray(item.vector, body);
  body.push_back('}');
}

class GeminiDialect : public Dialect {
 public:
  explicit GeminiDialect(const ProviderOptions& options) : options_(options) {}

  bool Serves(const HttpRequest& request) const override {
    return ReadGeminiTarget(request.target).has_value();
  }

  ParsedCall Parse(const HttpRequest& request) const override {
    return ParseGeminiRequest(request, options_);
  }

  HttpAnswer Refuse(const EmbedCall& call, const Refusal& refusal) const override {
    switch (refusal.trouble) {
      case Trouble::kBadKey:
        return BadKey(call.key);
      case Trouble::kNoCredit:
        return WriteGeminiError(402, "RESOURCE_EXHAUSTED",
                                "Your prepayment credits are depleted. Please go to AI Studio at "
                                "https://ai.studio/projects to manage your project and billing.");
      case Trouble::kDailyQuota:
        return FreeTier(call, "PerDay", "1000");
      case Trouble::kLimitZero:
        return FreeTier(call, "PerMinute", "0");
      case Trouble::kRateLimit:
      case Trouble::kRequestTooLarge:
        return RateLimit(call, refusal);
      case Trouble::kRateLimitBare:
      case Trouble::kRateLimitSilent:
        return WriteGeminiError(429, "RESOURCE_EXHAUSTED",
                                "Resource has been exhausted (e.g. check quota).");
      case Trouble::kUnavailable:
        return WriteGeminiError(503, "UNAVAILABLE",
                                "The model is overloaded. Please try again later.");
      case Trouble::kRefusedText:
        return RefusedText(refusal);
      case Trouble::kError200:
        return WithStatus200(Internal(""));
      case Trouble::kEchoKey:
        return Internal(" The key " + call.key + " could not be checked.");
      case Trouble::kServerError:
        break;
    }
    return Internal("");
  }

  HttpAnswer Answer(const EmbedCall& call, std::span<const EmbeddedItem> items,
                    const AnswerShape& shape) const override {
    HttpAnswer answer;
    const std::size_t bytes_each = items.empty() ? 0 : items.front().vector.size() * 14 + 16;
    answer.body.reserve(items.size() * bytes_each + 128);
    answer.body = call.lone ? "{\"embedding\":" : "{\"embeddings\":[";
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) answer.body.push_back(',');
      AddValues(items[i], answer.body);
    }
    if (call.lone && items.empty()) answer.body += "{}";
    if (!call.lone) answer.body.push_back(']');
    if (shape.with_usage) {
      answer.body += ",\"usageMetadata\":{\"promptTokenCount\":" + Billed(call) + "}";
    }
    answer.body.push_back('}');
    return answer;
  }

  VectorRecipe RecipeFor(const EmbedCall& call) const override {
    const ModelInfo model = Model(call);
    const int dimensions = call.dimensions > 0 ? call.dimensions : model.native_dimensions;
    return {.model = call.model,
            .task_type = model.heeds_task_type ? call.task_type : "",
            .dimensions = dimensions,
            .normalized = model.normalizes_short || dimensions == model.native_dimensions};
  }

  double QuotaRequests(const EmbedCall& call) const override {
    return static_cast<double>(call.texts.size());
  }

  std::vector<std::pair<std::string, std::string>> QuotaHeaders(const QuotaState&) const override {
    return {};
  }

 private:
  ModelInfo Model(const EmbedCall& call) const {
    return FindGeminiModel(call.model, options_.extra_models).value_or(ModelInfo{});
  }

  // A text above the model's limit is cut in silence: only its first tokens are counted.
  std::string Billed(const EmbedCall& call) const {
    const std::size_t limit = Model(call).max_tokens;
    std::size_t tokens = 0;
    for (const auto& text : call.texts) tokens += std::min(SandboxTokens(text), limit);
    return std::to_string(tokens);
  }

  ProviderOptions options_;
};

}  // namespace

HttpAnswer WriteGeminiError(int code, std::string_view status, std::string_view message,
                            const std::string& details) {
  HttpAnswer answer;
  answer.status = code;
  answer.body = "{\"error\":{\"code\":" + std::to_string(code) +
                ",\"message\":" + JsonString(message) + ",\"status\":\"" + std::string(status) +
                "\"" + (details.empty() ? "" : ",\"details\":[" + details + "]") + "}}";
  return answer;
}

std::unique_ptr<Dialect> MakeGeminiDialect(const ProviderOptions& options) {
  return std::make_unique<GeminiDialect>(options);
}

}  // namespace reembed::sandbox
