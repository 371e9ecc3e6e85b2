#pragma once

#include "providers/error_context.h"
#include "reembed/base/error.h"
#include "reembed/core/http_message.h"

namespace reembed {

/// An optional part of a request that servers with OpenAI's interface may lack.
enum class OpenAiOption { kNone, kDimensions, kBase64 };

/// The option that this answer refuses as such. kNone also when the server knows `dimensions` and
/// refuses the number ("Must be less than or equal to 1536").
OpenAiOption RefusedOption(const HttpResponse& response);

/// What an answer without vectors of OpenAI or a server with its interface (Azure, Ollama, TEI,
/// vLLM, llama.cpp, LM Studio, LiteLLM, Mistral) means. The first that applies:
///   stated limit   "maximum context length is", "max 300000 tokens per request" …: kTooLong or
///                  kTooBig whatever the status (llama.cpp says 500, a TPM limit 429)
///   `code`, `type` billing, key, model, rate, size, overload
///   `param`        `input[N]`: kBadText with the item; another than the input: kRefused
///   text           a 400, or an error with 200, that concerns the whole request: kRefused
///   status         see KindOfStatus
/// Wordings: https://help.openai.com/en/articles/5955604 and 6614457, and the servers' sources.
/// Pure. Never throws on any bytes.
Error ClassifyOpenAiError(const HttpResponse& response, const ErrorContext& context);

}  // namespace reembed
