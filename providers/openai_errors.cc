#include "providers/openai_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "providers/error_text.h"
#include "providers/openai_error_words.h"
#include "providers/quota_headers.h"
#include "reembed/base/text.h"

namespace reembed {
namespace {

bool IsBadRequest(int status) {
  return status == 400 || status == 422;
}

// Some gateways answer errors with 200 and a sentence. A page is no such sentence.
bool IsErrorInDisguise(int status, const ErrorBody& body) {
  return status >= 200 && status < 300 && !body.html;
}

bool NamesInput(const ErrorBody& body) {
  // Not `input_type`, which some servers know.
  return body.param == "input" || body.param.starts_with("input[") ||
         body.param.starts_with("$.input");
}

// Gateways hand on the billing error of their upstream within a text (LiteLLM). Google's surface
// begins a plain rate limit with the same sentence, but says when to come back.
bool SaysCreditIsGone(const ErrorBody& body) {
  if (Mentions(body.message, "insufficient_quota")) return true;
  return Mentions(body.message, "exceeded your current quota") && !WaitInText(body.message) &&
         !Mentions(body.message, "Quota exceeded for metric");
}

OpenAiMeaning MeaningOfSentence(std::string_view message) {
  const bool model_missing = Mentions(message, "model") && Mentions(message, "not found");
  return model_missing ? OpenAiMeaning::kModel : OpenAiMeaningOfText(message);
}

OpenAiMeaning MeaningOfBadRequest(const ErrorBody& body) {
  // An API that answers HTML has not seen the texts: a proxy, or another kind of server.
  if (body.html) return OpenAiMeaning::kRequest;
  if (NamesInput(body)) return OpenAiMeaning::kUnknown;
  if (body.param == "model") return OpenAiMeaning::kModel;
  return body.param.empty() ? MeaningOfSentence(body.message) : OpenAiMeaning::kRequest;
}

OpenAiMeaning MeaningOfStatus(int status, const ErrorBody& body) {
  if (status == 401 || status == 403) return OpenAiMeaning::kKey;
  if (status == 402) return OpenAiMeaning::kCredit;
  if (status == 404) return OpenAiMeaning::kModel;
  if (status == 429 && SaysCreditIsGone(body)) return OpenAiMeaning::kCredit;
  if (IsBadRequest(status)) return MeaningOfBadRequest(body);
  if (IsErrorInDisguise(status, body)) return MeaningOfSentence(body.message);
  return KindOfStatus(status) == ErrorKind::kRefused ? OpenAiMeaning::kRequest
                                                     : OpenAiMeaning::kUnknown;
}

// A quota of nothing: the plan does not include the model, and no wait changes that.
bool HasZeroQuota(int status, const ErrorBody& body) {
  if (status != 429) return false;
  // Google's surface says it as Google does.
  const bool of_metric = Mentions(body.message, "exceeded for metric");
  return NumberAfter(body.message, of_metric ? "limit: " : "Limit ") == 0U;
}

OpenAiMeaning MeaningOf(int status, const ErrorBody& body) {
  if (HasZeroQuota(status, body)) return OpenAiMeaning::kCredit;
  for (const std::string_view name : {body.code, body.type}) {
    if (const OpenAiMeaning meaning = OpenAiMeaningOfName(name); meaning != OpenAiMeaning::kUnknown)
      return meaning;
  }
  return MeaningOfStatus(status, body);
}

// OpenAI shows the ends of a wrong key, which no redactor knows.
std::string WithoutKeyLikeWords(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    out += Mentions(word, "sk-") || Mentions(word, "**") ? "***" : word;
    if (end < text.size()) out += ' ';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Error RefusedFor(OpenAiMeaning meaning, Error error, const ErrorContext& context) {
  if (meaning == OpenAiMeaning::kCredit) {
    return Refused(std::move(error), "check plan and billing of the account of OPENAI_API_KEY");
  }
  if (meaning == OpenAiMeaning::kKey) {
    error.message = WithoutKeyLikeWords(error.message);
    return Refused(std::move(error), "check OPENAI_API_KEY");
  }
  if (meaning == OpenAiMeaning::kModel) {
    return Refused(std::move(error), fmt::format("check EMBEDDING_MODEL (\"{}\") and "
                                                 "OPENAI_BASE_URL",
                                                 ServerText(context.model, context.redact)));
  }
  return Refused(std::move(error),
                 "check EMBEDDING_MODEL, EMBEDDING_DIMENSIONS and OPENAI_BASE_URL");
}

Error Applied(OpenAiMeaning meaning, Error error, const ErrorContext& context) {
  switch (meaning) {
    case OpenAiMeaning::kCredit:
    case OpenAiMeaning::kKey:
    case OpenAiMeaning::kModel:
    case OpenAiMeaning::kRequest:
      return RefusedFor(meaning, std::move(error), context);
    case OpenAiMeaning::kRate:
      error.kind = ErrorKind::kRateLimited;
      break;
    case OpenAiMeaning::kTooBig:
      error.kind = ErrorKind::kTooBig;
      break;
    case OpenAiMeaning::kTooLong:
      error.kind = ErrorKind::kTooLong;
      break;
    case OpenAiMeaning::kPassing:
      error.kind = ErrorKind::kTransient;
      break;
    case OpenAiMeaning::kUnknown:
      break;
  }
  return error;
}

// The facts that only some kinds have.
void AddFacts(const HttpResponse& response, const ErrorBody& body, const ErrorContext& context,
              Error& error) {
  if (error.kind == ErrorKind::kRateLimited || error.kind == ErrorKind::kTransient) {
    error.retry_after = RetryAfter(response, context.now);
    if (!error.retry_after) error.retry_after = WaitInText(body.message);
  }
  if (error.kind == ErrorKind::kRateLimited) {
    AddMinuteLimit(body.message, error);
    AddLimitFromHeaders(response, error);
  }
  if (error.kind == ErrorKind::kBadText || error.kind == ErrorKind::kTooLong) {
    error.item = ItemInText(body.param, "input", context.texts);
    if (!error.item) error.item = ItemInText(body.message, "input", context.texts);
  }
  if (error.kind == ErrorKind::kTooLong && !error.limit) {
    error.limit = body.limit;
    error.actual = body.actual;
    error.limit_unit = error.limit ? LimitUnit::kTokens : error.limit_unit;
  }
}

}  // namespace

OpenAiOption RefusedOption(const HttpResponse& response) {
  const ErrorBody body = ParseErrorBody(response.body);
  const int status = JudgedStatus(response, body);
  const bool may_be = IsBadRequest(status) || IsErrorInDisguise(status, body);
  if (!may_be || NamesInput(body)) return OpenAiOption::kNone;
  const std::string text = body.param + " " + body.type + " " + body.message;
  if (Mentions(text, "encoding_format") || Mentions(text, "base64")) return OpenAiOption::kBase64;
  if (Mentions(text, "must be less than or equal to")) return OpenAiOption::kNone;
  for (const std::string_view phrase : {"dimensions", "matryoshka", "UnsupportedParams"}) {
    if (Mentions(text, phrase)) return OpenAiOption::kDimensions;
  }
  return OpenAiOption::kNone;
}

Error ClassifyOpenAiError(const HttpResponse& response, const ErrorContext& context) {
  if (response.status >= 300 && response.status < 400) {
    return RefusedRedirect(response, context, "OPENAI_BASE_URL");
  }
  const ErrorBody body = ParseErrorBody(response.body);
  const int status = JudgedStatus(response, body);
  Error error = DescribeAnswer(response, body, context);
  if (HasZeroQuota(status, body) || !ApplyStatedLimit(body.message, error)) {
    error = Applied(MeaningOf(status, body), std::move(error), context);
  }
  AddFacts(response, body, context, error);
  return error;
}

}  // namespace reembed
