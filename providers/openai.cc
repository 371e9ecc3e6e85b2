#include "providers/openai.h"

#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "providers/json_text.h"
#include "providers/openai_errors.h"
#include "providers/provider_call.h"

namespace reembed {
namespace {

constexpr std::string_view kDefaultBaseUrl = "https://api.openai.com/v1";
constexpr std::string_view kOpenAiKey = "OPENAI_API_KEY";

constexpr ReplyNames kOpenAiReplyNames = {.list = "data",
                                          .vector = "embedding",
                                          .index = "index",
                                          .usage = "usage",
                                          .tokens = {"prompt_tokens", "total_tokens"}};

/// What one request asks for beside the texts.
struct Extras {
  bool dimensions = false;
  bool base64 = false;
};

ProviderProperties WithLimits(ProviderProperties properties, bool vendor) {
  properties.max_texts = 2048;
  // Smaller requests make retries cheap; servers of one's own often take 32 at most.
  properties.preferred_texts = vendor ? 128 : 32;
  // 300,000 are allowed; the rest is for the error of the estimate.
  properties.max_request_tokens = 250'000;
  properties.max_request_bytes = 8'000'000;
  return properties;
}

class OpenAiProvider final : public Provider {
 public:
  OpenAiProvider(const ProviderContext& context, ProviderProperties properties)
      : context_(context),
        base_url_(WithoutTrailingSlashes(context.settings.base_url)),
        properties_(WithLimits(std::move(properties), base_url_ == kDefaultBaseUrl)),
        who_(Who(properties_)),
        send_dimensions_(AsksForDimensions(context)) {}

  const ProviderProperties& properties() const override { return properties_; }

  Result<EmbedReply> Embed(const EmbedRequest& request, const StopTokens& stop) override {
    const Extras sent{.dimensions = send_dimensions_, .base64 = send_base64_};
    const std::size_t texts = request.texts.size();
    const ProviderCall call{
        .url = base_url_ + "/embeddings",
        .headers = Headers(),
        .body = Body(request.texts, sent),
        .timeout = request.timeout,
        .texts = texts,
        .explain = [&](const HttpResponse& response) { return Explain(response, sent, texts); }};
    return Exchange(call, kOpenAiReplyNames, context_, stop.abort);
  }

 private:
  std::vector<HttpHeader> Headers() const {
    std::vector<HttpHeader> headers;
    const auto key = context_.settings.secrets.find(kOpenAiKey);
    if (key != context_.settings.secrets.end() && !key->second.empty()) {
      headers.push_back({"Authorization", "Bearer " + key->second.Reveal(), true});
    }
    AddHeader(headers, "OpenAI-Organization", "OPENAI_ORG_ID");
    AddHeader(headers, "OpenAI-Project", "OPENAI_PROJECT_ID");
    return headers;
  }

  void AddHeader(std::vector<HttpHeader>& headers, const char* name, const char* variable) const {
    const std::string value = SettingOf(context_.settings, variable);
    if (!value.empty()) headers.push_back({name, value});
  }

  std::string Body(std::span<const std::string> texts, const Extras& extras) const {
    std::string body;
    body.reserve(BodySizeHint(texts, 3));
    body += R"({"model":)";
    AppendJsonString(body, context_.settings.model);
    if (extras.base64) body += R"(,"encoding_format":"base64")";
    if (extras.dimensions)
      body += fmt::format(R"(,"dimensions":{})", *context_.settings.dimensions);
    body += R"(,"input":)";
    char before = '[';
    for (const std::string& text : texts) {
      body += before;
      AppendJsonString(body, text);
      before = ',';
    }
    return body += "]}";
  }

  Error Explain(const HttpResponse& response, const Extras& sent, std::size_t texts) {
    const OpenAiOption option = RefusedOption(response);
    if (Adapted(option, sent)) {
      const char* name = option == OpenAiOption::kBase64 ? "base64" : "dimensions";
      return {
          .kind = ErrorKind::kAdapted,
          .message = fmt::format("{} does not know `{}`; it is left out from now on", who_, name)};
    }
    return ClassifyOpenAiError(response, {.who = who_,
                                          .model = context_.settings.model,
                                          .texts = texts,
                                          .now = context_.clock.Wall(),
                                          .redact = context_.redact});
  }

  // Only what this request sent can be left out of the next one, so each option goes once.
  bool Adapted(OpenAiOption option, const Extras& sent) {
    if (option == OpenAiOption::kBase64 && sent.base64) {
      send_base64_ = false;
      return true;
    }
    if (option != OpenAiOption::kDimensions || !sent.dimensions || !NativeWouldDo()) return false;
    send_dimensions_ = false;
    return true;
  }

  // Without `dimensions` the server gives native vectors: pointless when they are known to differ.
  bool NativeWouldDo() const {
    return context_.model == nullptr ||
           context_.model->native_dimensions == *context_.settings.dimensions;
  }

  const ProviderContext context_;
  const std::string base_url_;
  const ProviderProperties properties_;
  const std::string who_;
  std::atomic<bool> send_dimensions_;
  std::atomic<bool> send_base64_{true};
};

Result<std::unique_ptr<Provider>> MakeOpenAi(const ProviderContext& context) {
  auto properties = PropertiesOf(context);
  if (!properties.ok()) return std::move(properties).error();
  return std::unique_ptr<Provider>(
      std::make_unique<OpenAiProvider>(context, std::move(*properties)));
}

}  // namespace

ProviderRegistration OpenAi() {
  ProviderSpec spec;
  spec.family = "openai";
  spec.default_base_url = kDefaultBaseUrl;
  spec.variables = {
      {.names = {std::string(kOpenAiKey)},
       .role = VariableRole::kKey,
       .secret = true,
       .required = true,
       .optional_with_base_url = true},
      {.names = {"OPENAI_BASE_URL"}, .role = VariableRole::kBaseUrl},
      {.names = {"OPENAI_ORG_ID"}},
      {.names = {"OPENAI_PROJECT_ID"}},
  };
  spec.options = {{.key = "prefix", .allowed = {}, .default_value = ""}};
  return {.spec = std::move(spec), .make = MakeOpenAi};
}

}  // namespace reembed
