#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "tests/sandbox/provider_openai.h"

namespace reembed::sandbox {
namespace {

using nlohmann::json;
using MaybeError = std::optional<OpenAiError>;

constexpr std::size_t kMaxInputs = 2048;
constexpr std::size_t kMaxRequestTokens = 300000;
constexpr std::array<std::string_view, 5> kKnownArguments = {"input", "model", "encoding_format",
                                                             "dimensions", "user"};

std::string BearerKey(const HttpRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string header = request.Header("authorization");
  return header.starts_with(kBearer) ? header.substr(kBearer.size()) : "";
}

MaybeError InvalidInput() {
  return OpenAiError{.message =
                         "'$.input' is invalid. Please check the API reference: "
                         "https://platform.openai.com/docs/api-reference."};
}

MaybeError ReadInput(const json& body, EmbedCall& call) {
  const auto input = body.find("input");
  if (input == body.end()) return OpenAiError{.message = "you must provide an input parameter"};
  call.lone = input->is_string();
  if (call.lone) {
    call.texts.push_back(input->get<std::string>());
    return {};
  }
  const auto is_text = [](const json& item) { return item.is_string(); };
  if (!input->is_array() || !std::all_of(input->begin(), input->end(), is_text)) {
    return InvalidInput();
  }
  call.texts.reserve(input->size());
  for (const json& item : *input) call.texts.push_back(item.get<std::string>());
  return {};
}

MaybeError ReadFormat(const json& body, EmbedCall& call) {
  const std::string format = body.value("/encoding_format"_json_pointer, "float");
  call.base64 = format == "base64";
  if (call.base64 || format == "float") return {};
  return OpenAiError{
      .code = "invalid_value",
      .param = "encoding_format",
      .message = "Invalid value: '" + format + "'. Supported values are: 'float' and 'base64'."};
}

MaybeError ReadDimensions(const json& body, EmbedCall& call) {
  const auto found = body.find("dimensions");
  if (found == body.end()) return {};
  if (found->is_number_integer() && *found >= 1 && *found <= 1000000) {
    call.dimensions = found->get<int>();
    return {};
  }
  return OpenAiError{.param = "dimensions",
                     .message = "Invalid 'dimensions': must be an integer of at least 1."};
}

// The published schema has additionalProperties: false.
MaybeError CheckArguments(const json& body) {
  for (const auto& [name, value] : body.items()) {
    if (std::find(kKnownArguments.begin(), kKnownArguments.end(), name) != kKnownArguments.end()) {
      continue;
    }
    return OpenAiError{.message = "Unrecognized request argument supplied: " + name};
  }
  return {};
}

// Wrong types of the small members throw in here; the caller answers 400.
MaybeError ReadBody(const json& body, EmbedCall& call) {
  if (!body.is_object()) {
    return OpenAiError{.message = "We could not parse the JSON body of your request."};
  }
  call.model = body.value("model", "");
  if (const auto error = ReadInput(body, call)) return error;
  if (const auto error = ReadFormat(body, call)) return error;
  if (const auto error = ReadDimensions(body, call)) return error;
  return CheckArguments(body);
}

// Servers that stand in for OpenAI check these before they look at the model.
MaybeError CheckModes(const json& body, const EmbedCall& call, const ProviderModes& modes) {
  if (modes.no_base64 && body.contains("encoding_format")) {
    return OpenAiError{.code = "unsupported_parameter",
                       .param = "encoding_format",
                       .message = "Unsupported parameter: 'encoding_format' is not supported."};
  }
  if (modes.max_inputs > 0 && call.texts.size() > modes.max_inputs) {
    return OpenAiError{.status = 422,
                       .type = "Validation",
                       .message = "batch size " + std::to_string(call.texts.size()) +
                                  " > maximum allowed batch size " +
                                  std::to_string(modes.max_inputs)};
  }
  return {};
}

MaybeError CheckDimensions(const EmbedCall& call, const ModelInfo& model) {
  if (call.dimensions == 0) return {};
  if (!model.takes_dimensions) {
    return OpenAiError{.param = "dimensions",
                       .message = "This model does not support specifying dimensions."};
  }
  if (call.dimensions <= model.native_dimensions) return {};
  return OpenAiError{
      .code = "integer_above_max_value",
      .param = "dimensions",
      .message = "Invalid value for 'dimensions' = " + std::to_string(call.dimensions) +
                 ". Must be less than or equal to " + std::to_string(model.native_dimensions) +
                 "."};
}

// The index is told only for a list; a lone text gets other words and no param.
OpenAiError TooLong(const EmbedCall& call, std::size_t item, std::size_t limit) {
  const std::string tokens = std::to_string(limit) + " tokens.";
  if (call.lone) {
    return {.message = "Invalid 'input': maximum context length is " + tokens};
  }
  const std::string param = "input[" + std::to_string(item) + "]";
  return {.code = "invalid_value",
          .param = param,
          .message = "Invalid '" + param + "': maximum input length is " + tokens};
}

MaybeError CheckTexts(const EmbedCall& call, const ModelInfo& model) {
  if (call.texts.empty()) return InvalidInput();
  if (call.texts.size() > kMaxInputs) {
    return OpenAiError{.param = "input",
                       .message = "Invalid 'input': array length must be 2048 or less."};
  }
  std::size_t total = 0;
  for (std::size_t i = 0; i < call.texts.size(); ++i) {
    if (call.texts[i].empty()) {
      return OpenAiError{.param = "input",
                         .message = "Invalid 'input': input cannot be an empty string."};
    }
    const std::size_t tokens = SandboxTokens(call.texts[i]);
    if (tokens > model.max_tokens) return TooLong(call, i, model.max_tokens);
    total += tokens;
  }
  if (total <= kMaxRequestTokens) return {};
  return OpenAiError{
      .type = "max_tokens_per_request",
      .code = "max_tokens_per_request",
      .message = "Requested " + std::to_string(total) + " tokens, max 300000 tokens per request"};
}

MaybeError Check(const json& body, const EmbedCall& call, const ProviderOptions& options) {
  if (const auto error = CheckModes(body, call, options.modes)) return error;
  const auto model = FindOpenAiModel(call.model, options.extra_models);
  if (!model || options.modes.no_model) {
    return OpenAiError{.status = 404,
                       .code = "model_not_found",
                       .message = "The model `" + call.model +
                                  "` does not exist or you do not have access to it."};
  }
  if (const auto error = CheckDimensions(call, *model)) return error;
  return CheckTexts(call, *model);
}

MaybeError ReadAndCheck(const HttpRequest& request, const ProviderOptions& options,
                        EmbedCall& call) {
  const json body = json::parse(request.body, nullptr, false);
  try {
    if (const auto error = ReadBody(body, call)) return error;
  } catch (const json::exception& wrong) {
    return OpenAiError{.message = std::string("Invalid type in the request: ") + wrong.what()};
  }
  return Check(body, call, options);
}

// vLLM's own words, and its flat body in either mode.
HttpAnswer NoMatryoshka(const std::string& model) {
  return WriteOpenAiError({.type = "BadRequestError",
                           .message = "Model \"" + model +
                                      "\" does not support matryoshka representation, changing "
                                      "output dimensions will lead to poor results."},
                          true);
}

}  // namespace

std::optional<ModelInfo> FindOpenAiModel(std::string_view name,
                                         const std::map<std::string, int>& extra) {
  if (name == "text-embedding-3-small") return ModelInfo{.native_dimensions = 1536};
  if (name == "text-embedding-3-large") return ModelInfo{.native_dimensions = 3072};
  if (name == "text-embedding-ada-002") {
    return ModelInfo{.native_dimensions = 1536, .takes_dimensions = false};
  }
  const auto found = extra.find(std::string(name));
  if (found == extra.end()) return {};
  return ModelInfo{.native_dimensions = found->second};
}

ParsedCall ParseOpenAiRequest(const HttpRequest& request, const ProviderOptions& options) {
  ParsedCall parsed;
  parsed.call.key = BearerKey(request);
  if (request.method != "POST") {
    parsed.refusal = WriteOpenAiError(
        {.status = 405, .message = "Not allowed to " + request.method + " on /v1/embeddings."},
        false);
    return parsed;
  }
  const MaybeError error = ReadAndCheck(request, options, parsed.call);
  if (error) {
    const bool tei = error->type == "Validation";
    parsed.refusal = WriteOpenAiError(*error, tei || options.modes.flat_errors);
  } else if (options.modes.no_dimensions && parsed.call.dimensions > 0) {
    parsed.refusal = NoMatryoshka(parsed.call.model);
  }
  return parsed;
}

}  // namespace reembed::sandbox
