#pragma once

#include <string_view>

#include "reembed/base/error.h"

// The vocabulary of OpenAI's errors and of those of servers with its interface, as tables.
namespace reembed {

/// What a code or a sentence is about.
enum class OpenAiMeaning {
  kUnknown,
  kCredit,   ///< no credit, a spend limit: waiting does not help
  kKey,      ///< key, address or country
  kModel,    ///< model or endpoint
  kRequest,  ///< another part of the request than the texts
  kRate,     ///< ask again later
  kTooBig,   ///< the request as a whole
  kTooLong,  ///< one of the texts
  kPassing,  ///< trouble of the server
};

/// By `code` or `type`, exactly as spelled.
OpenAiMeaning OpenAiMeaningOfName(std::string_view name);

/// By a sentence of a 400 or 422 that names no text.
OpenAiMeaning OpenAiMeaningOfText(std::string_view text);

/// Sets kind, unit and numbers when the sentence states a limit of request or text. False: none.
bool ApplyStatedLimit(std::string_view text, Error& error);

}  // namespace reembed
