#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "providers/error_body.h"
#include "reembed/base/clock.h"
#include "reembed/base/error.h"
#include "reembed/base/secret.h"
#include "reembed/core/http_message.h"

namespace reembed {

/// What a dialect's classifier needs beside the answer. Lives for the call only.
struct ErrorContext {
  std::string_view who;    ///< e.g. `openai at api.openai.com:443`
  std::string_view model;  ///< as configured
  std::size_t texts = 0;   ///< texts in the request
  WallTime now;
  const Redactor& redact;
};

/// What HTTP itself says of a status: the last resort, after code and text. 400 and 422 are
/// kBadText, because a request that is wrong as a whole is known by its code or text.
ErrorKind KindOfStatus(int status);

/// The status to judge by: the answer's, or for an error in a 200 the one that its body names
/// (`"code":429`); without one the 200.
int JudgedStatus(const HttpResponse& response, const ErrorBody& body);

/// `openai at host:443 answered 429: <server's text>`; the kind is the status's, and `overloaded`
/// says whether the server finds that it has too much to do.
Error DescribeAnswer(const HttpResponse& response, const ErrorBody& body,
                     const ErrorContext& context);

/// Makes it a kRefused that says what to do: `…; check OPENAI_API_KEY`.
Error Refused(Error error, std::string_view remedy);

/// A redirect as a kRefused that names where it points and the variable to check.
Error RefusedRedirect(const HttpResponse& response, const ErrorContext& context,
                      std::string_view base_url_variable);

}  // namespace reembed
