// Inner parts of the OpenAI dialect; everyone else uses MakeOpenAiDialect (provider_dialect.h).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tests/sandbox/provider_dialect.h"

namespace reembed::sandbox {

/// The members of an OpenAI error body; an empty `param` or `code` is null.
struct OpenAiError {
  int status = 400;
  std::string type = "invalid_request_error";
  std::string code = {};
  std::string param = {};
  std::string message = {};
};

/// `{"error":{"message","type","param","code"}}`, the form of
/// https://github.com/openai/openai-openapi; with `flat` the one of vLLM and TEI, where the
/// members stand at the top and `code` is the status.
HttpAnswer WriteOpenAiError(const OpenAiError& error, bool flat);

/// The models OpenAI serves and `extra`, which all take `dimensions`.
std::optional<ModelInfo> FindOpenAiModel(std::string_view name,
                                         const std::map<std::string, int>& extra);

/// Reads the body and checks it: shape, model, dimensions, the limits of 2,048 inputs, 8,192
/// tokens a text and 300,000 a request.
ParsedCall ParseOpenAiRequest(const HttpRequest& request, const ProviderOptions& options);

}  // namespace reembed::sandbox
