#include "providers/google.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "providers/google_errors.h"
#include "providers/json_text.h"
#include "providers/provider_call.h"
#include "reembed/base/text.h"

namespace reembed {
namespace {

constexpr std::string_view kGoogleKey = "GOOGLE_API_KEY";

constexpr ReplyNames kGoogleReplyNames = {.list = "embeddings",
                                          .vector = "values",
                                          .index = "",
                                          .usage = "usageMetadata",
                                          .tokens = {"promptTokenCount", "totalTokenCount"}};

ProviderProperties WithLimits(ProviderProperties properties) {
  properties.max_texts = 100;
  properties.preferred_texts = 100;
  // 4 MiB are allowed; the rest is for what surrounds and escapes the texts.
  properties.max_request_bytes = 3'500'000;
  properties.counts_texts = true;
  return properties;
}

// With or without `models/`, as users copy both from the vendor's pages.
std::string BareModel(std::string_view model) {
  constexpr std::string_view kFolder = "models/";
  if (model.starts_with(kFolder)) model.remove_prefix(kFolder.size());
  return std::string(model);
}

class GoogleProvider final : public Provider {
 public:
  GoogleProvider(const ProviderContext& context, ProviderProperties properties)
      : context_(context),
        properties_(WithLimits(std::move(properties))),
        who_(Who(properties_)),
        model_(BareModel(context.settings.model)),
        url_(fmt::format("{}/v1beta/models/{}:batchEmbedContents",
                         WithoutTrailingSlashes(context.settings.base_url),
                         PercentEncode(model_))) {}

  const ProviderProperties& properties() const override { return properties_; }

  Result<EmbedReply> Embed(const EmbedRequest& request, const StopTokens& stop) override {
    const std::size_t texts = request.texts.size();
    const ProviderCall call{
        .url = url_,
        .headers = Headers(),
        .body = Body(request),
        .timeout = request.timeout,
        .texts = texts,
        .explain = [&](const HttpResponse& response) { return Explain(response, texts); }};
    return Exchange(call, kGoogleReplyNames, context_, stop.abort);
  }

 private:
  std::vector<HttpHeader> Headers() const {
    const auto key = context_.settings.secrets.find(kGoogleKey);
    if (key == context_.settings.secrets.end() || key->second.empty()) return {};
    return {{"x-goog-api-key", key->second.Reveal(), true}};
  }

  // What stands in each entry behind the text. The nested form that the vendor's pages prefer is
  // ignored by gemini-embedding-001, so the fields stand at the top of the entry.
  std::string EntryTail(std::string_view task_type) const {
    std::string tail = "}]}";
    if (!task_type.empty() && (context_.model == nullptr || context_.model->uses_task_type)) {
      tail += R"(,"taskType":)";
      AppendJsonString(tail, task_type);
    }
    if (AsksForDimensions(context_)) {
      tail += fmt::format(R"(,"outputDimensionality":{})", *context_.settings.dimensions);
    }
    return tail + "}";
  }

  std::string Body(const EmbedRequest& request) const {
    std::string head = R"({"model":)";
    AppendJsonString(head, "models/" + model_);
    head += R"(,"content":{"parts":[{"text":)";
    const std::string tail = EntryTail(request.task_type);
    std::string body;
    body.reserve(BodySizeHint(request.texts, head.size() + tail.size() + 3));
    body += R"({"requests":)";
    char before = '[';
    for (const std::string& text : request.texts) {
      body += before;
      body += head;
      AppendJsonString(body, text);
      body += tail;
      before = ',';
    }
    return body += "]}";
  }

  Error Explain(const HttpResponse& response, std::size_t texts) const {
    return ClassifyGoogleError(response, {.who = who_,
                                          .model = model_,
                                          .texts = texts,
                                          .now = context_.clock.Wall(),
                                          .redact = context_.redact});
  }

  const ProviderContext context_;
  const ProviderProperties properties_;
  const std::string who_;
  const std::string model_;
  const std::string url_;
};

Result<std::unique_ptr<Provider>> MakeGoogle(const ProviderContext& context) {
  auto properties = PropertiesOf(context);
  if (!properties.ok()) return std::move(properties).error();
  return std::unique_ptr<Provider>(
      std::make_unique<GoogleProvider>(context, std::move(*properties)));
}

}  // namespace

ProviderRegistration Google() {
  ProviderSpec spec;
  spec.family = "google";
  spec.default_base_url = "https://generativelanguage.googleapis.com";
  spec.variables = {
      {.names = {std::string(kGoogleKey), "GEMINI_API_KEY"},
       .role = VariableRole::kKey,
       .secret = true,
       .required = true},
      {.names = {"GOOGLE_GEMINI_BASE_URL"}, .role = VariableRole::kBaseUrl},
  };
  spec.options = {
      {.key = "task_type",
       .allowed = {"SEMANTIC_SIMILARITY", "CLASSIFICATION", "CLUSTERING", "RETRIEVAL_DOCUMENT",
                   "RETRIEVAL_QUERY", "CODE_RETRIEVAL_QUERY", "QUESTION_ANSWERING",
                   "FACT_VERIFICATION"},
       .default_value = "RETRIEVAL_QUERY"},
      {.key = "prefix", .allowed = {}, .default_value = ""},
  };
  spec.task_type_advice =
      "set RETRIEVAL_DOCUMENT if your application embeds documents apart from questions";
  return {.spec = std::move(spec), .make = MakeGoogle};
}

}  // namespace reembed
