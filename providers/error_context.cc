#include "providers/error_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "providers/error_text.h"
#include "reembed/base/text.h"

namespace reembed {
namespace {

// 503 and 529 mean just that; a 429 may (TEI), and says so then.
bool SaysOverloaded(int status, const ErrorBody& body) {
  return status == 503 || status == 529 || body.code == "slow_down" ||
         Mentions(body.type, "overloaded") || Mentions(body.message, "overloaded");
}

}  // namespace

ErrorKind KindOfStatus(int status) {
  constexpr std::array kPassing = {408, 409, 424, 425, 499};
  if (status == 429) return ErrorKind::kRateLimited;
  if (status == 413) return ErrorKind::kTooBig;
  if (status == 400 || status == 422) return ErrorKind::kBadText;
  // 501: the server was started without embeddings (llama.cpp), which no repetition cures.
  if (status == 501) return ErrorKind::kRefused;
  const bool passing = std::find(kPassing.begin(), kPassing.end(), status) != kPassing.end();
  if (status < 300 || status >= 500 || passing) return ErrorKind::kTransient;
  return ErrorKind::kRefused;
}

int JudgedStatus(const HttpResponse& response, const ErrorBody& body) {
  if (response.status < 200 || response.status > 299) return response.status;
  int named = 0;
  const char* end = body.code.data() + body.code.size();
  const auto [stop, error] = std::from_chars(body.code.data(), end, named);
  const bool is_status = error == std::errc{} && stop == end && named >= 400 && named < 600;
  return is_status ? named : response.status;
}

Error DescribeAnswer(const HttpResponse& response, const ErrorBody& body,
                     const ErrorContext& context) {
  const bool success = response.status >= 200 && response.status < 300;
  return {.kind = KindOfStatus(JudgedStatus(response, body)),
          .message = fmt::format("{} answered {}{}: {}", context.who, response.status,
                                 success ? " without vectors" : "",
                                 ServerText(body.message, context.redact)),
          .overloaded = SaysOverloaded(JudgedStatus(response, body), body)};
}

Error Refused(Error error, std::string_view remedy) {
  error.kind = ErrorKind::kRefused;
  error.message += fmt::format("; {}", remedy);
  return error;
}

Error RefusedRedirect(const HttpResponse& response, const ErrorContext& context,
                      std::string_view base_url_variable) {
  const std::string_view target = FindHeader(response, "location").value_or("no address");
  return {.kind = ErrorKind::kRefused,
          .message = fmt::format("{} answered {} and points to {}; redirects are not followed, "
                                 "check {}",
                                 context.who, response.status, ServerText(target, context.redact),
                                 base_url_variable)};
}

}  // namespace reembed
