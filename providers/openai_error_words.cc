#include "providers/openai_error_words.h"

#include <algorithm>
#include <array>

#include "providers/error_text.h"

namespace reembed {
namespace {

using Meaning = OpenAiMeaning;

struct NamedMeaning {
  std::string_view name;
  Meaning meaning;
};

constexpr std::array<LimitPhrase, 24> kLimitPhrases = {{
    {"Request too large", ErrorKind::kTooBig, LimitUnit::kTokens, "Limit ", "Requested "},
    {"tokens per request", ErrorKind::kTooBig, LimitUnit::kTokens, "max ", "Requested "},
    {"request size is", ErrorKind::kTooBig, LimitUnit::kTokens, "request size is ", ""},
    {"Request body too large", ErrorKind::kTooBig, LimitUnit::kTokens, "Max size: ", ""},
    {"Too many tokens in batch", ErrorKind::kTooBig, LimitUnit::kTokens, "", ""},
    {"tokens per submitted batch", ErrorKind::kTooBig, LimitUnit::kTokens, "batch is ",
     "batch has "},
    {"too many inputs", ErrorKind::kTooBig, LimitUnit::kInputs, "at most ", ""},
    {"array length must be", ErrorKind::kTooBig, LimitUnit::kInputs, "must be ", ""},
    {"allowed batch size", ErrorKind::kTooBig, LimitUnit::kInputs, "allowed batch size ",
     "batch size "},
    {"batch size limit is", ErrorKind::kTooBig, LimitUnit::kInputs, "limit is ", "batch size is "},
    {"batch size is invalid", ErrorKind::kTooBig, LimitUnit::kInputs, "larger than ", ""},
    {"maximum context length", ErrorKind::kTooLong, LimitUnit::kTokens, "context length is ",
     "requested "},
    {"maximum input length", ErrorKind::kTooLong, LimitUnit::kTokens, "input length is ", ""},
    {"is too large to process", ErrorKind::kTooLong, LimitUnit::kTokens,
     "current batch size: ", "input ("},
    {"available context size", ErrorKind::kTooLong, LimitUnit::kTokens, "context size (",
     "request ("},
    {"exceeds the context length", ErrorKind::kTooLong, LimitUnit::kTokens, "", ""},
    {"must have less than", ErrorKind::kTooLong, LimitUnit::kTokens, "less than ", "Given: "},
    {"input is too long", ErrorKind::kTooLong, LimitUnit::kTokens, "", ""},
    {"text is too long", ErrorKind::kTooLong, LimitUnit::kTokens, "", ""},
    {"prompt is too long", ErrorKind::kTooLong, LimitUnit::kTokens, "", ""},
    {"too many tokens", ErrorKind::kTooLong, LimitUnit::kTokens, "", ""},
    {"allowed token size", ErrorKind::kTooLong, LimitUnit::kTokens, "token size ", "length "},
    {"maximum sequence length", ErrorKind::kTooLong, LimitUnit::kTokens, "", ""},
    {"string too long", ErrorKind::kTooLong, LimitUnit::kNone, "", ""},
}};

constexpr std::array<NamedMeaning, 38> kCodes = {{
    {"insufficient_quota", Meaning::kCredit},
    {"credit_balance_exhausted", Meaning::kCredit},
    {"organization_spend_limit_exceeded", Meaning::kCredit},
    {"project_spend_limit_exceeded", Meaning::kCredit},
    {"organization_usage_limit_exceeded", Meaning::kCredit},
    {"billing_hard_limit_reached", Meaning::kCredit},
    {"billing_not_active", Meaning::kCredit},
    {"invalid_api_key", Meaning::kKey},
    {"ip_not_authorized", Meaning::kKey},
    {"unsupported_country_region_territory", Meaning::kKey},
    {"authentication_error", Meaning::kKey},
    {"permission_error", Meaning::kKey},
    {"AuthenticationError", Meaning::kKey},
    {"PermissionDeniedError", Meaning::kKey},
    {"model_not_found", Meaning::kModel},
    {"unsupported_model", Meaning::kModel},
    {"DeploymentNotFound", Meaning::kModel},
    {"NotFoundError", Meaning::kModel},
    {"unknown_parameter", Meaning::kRequest},
    {"unsupported_parameter", Meaning::kRequest},
    {"missing_required_parameter", Meaning::kRequest},
    {"UnsupportedParamsError", Meaning::kRequest},
    {"max_tokens_per_request", Meaning::kTooBig},
    {"tokens_limit_reached", Meaning::kTooBig},
    {"context_length_exceeded", Meaning::kTooLong},
    {"exceed_context_size_error", Meaning::kTooLong},
    {"string_above_max_length", Meaning::kTooLong},
    {"rate_limit_exceeded", Meaning::kRate},
    {"rate_limit_error", Meaning::kRate},
    {"rate_limited", Meaning::kRate},
    {"slow_down", Meaning::kRate},
    {"too_many_requests", Meaning::kRate},
    {"Overloaded", Meaning::kRate},
    {"server_is_overloaded", Meaning::kPassing},
    {"service_unavailable_error", Meaning::kPassing},
    {"server_error", Meaning::kPassing},
    {"overloaded_error", Meaning::kPassing},
    {"api_connection_error", Meaning::kPassing},
}};

// Read only in a 400 or 422 that names no input.
constexpr std::array<NamedMeaning, 26> kTexts = {{
    {"API key not valid", Meaning::kKey},
    {"invalid api key", Meaning::kKey},
    {"Incorrect API key", Meaning::kKey},
    {"insufficient_quota", Meaning::kCredit},
    {"invalid model", Meaning::kModel},
    {"model not exist", Meaning::kModel},
    {"does not exist", Meaning::kModel},
    {"model parameter", Meaning::kModel},
    {"No models loaded", Meaning::kModel},
    {"not an embedding model", Meaning::kModel},
    {"not support embedding", Meaning::kModel},
    {"not supported for embedding", Meaning::kModel},
    {"unknown model", Meaning::kModel},
    {"no such model", Meaning::kModel},
    {"Provider NOT provided", Meaning::kModel},
    {"body.model: ", Meaning::kModel},
    {"Unrecognized request argument", Meaning::kRequest},
    {"Additional properties", Meaning::kRequest},
    {"Extra inputs are not permitted", Meaning::kRequest},
    {"extra fields not permitted", Meaning::kRequest},
    {"UnsupportedParams", Meaning::kRequest},
    {"field required", Meaning::kRequest},
    {"matryoshka", Meaning::kRequest},
    {"dimensions", Meaning::kRequest},
    {"encoding_format", Meaning::kRequest},
    {"parse the JSON body", Meaning::kRequest},
}};

}  // namespace

OpenAiMeaning OpenAiMeaningOfName(std::string_view name) {
  const auto found = std::find_if(kCodes.begin(), kCodes.end(),
                                  [name](const NamedMeaning& code) { return code.name == name; });
  return found == kCodes.end() ? Meaning::kUnknown : found->meaning;
}

OpenAiMeaning OpenAiMeaningOfText(std::string_view text) {
  const auto found = std::find_if(kTexts.begin(), kTexts.end(), [text](const NamedMeaning& phrase) {
    return Mentions(text, phrase.name);
  });
  return found == kTexts.end() ? Meaning::kUnknown : found->meaning;
}

bool ApplyStatedLimit(std::string_view text, Error& error) {
  return ApplyLimitPhrase(text, kLimitPhrases, error);
}

}  // namespace reembed
