#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reembed {

/// One quota that a refusal says is used up.
struct QuotaViolation {
  std::string id;      ///< says of which period: `…PerMinute…`, `…PerDay…`
  std::string metric;  ///< says of what: `…_requests`, `…_tokens`
  std::optional<std::uint64_t> limit;
};

/// What an error body says, whatever its shape: OpenAI's `{"error":{…}}`, Google's
/// `google.rpc.Status` (also wrapped in an array), the flat objects of TEI and vLLM, a bare
/// `error`, `detail` or `message` text, HTML of a front end, plain text, nothing.
/// Texts are the server's, not redacted and not escaped.
struct ErrorBody {
  std::string message;  ///< never empty: says so when the server said nothing
  std::string code;     ///< numbers as text: Azure sends "429", TEI sends 422
  std::string type;     ///< OpenAI's `type`, Google's `status`
  std::string param;    ///< OpenAI's `param`, or the first field of Google's `BadRequest`
  bool html = false;
  std::optional<std::uint64_t> limit;   ///< llama.cpp's `n_ctx`
  std::optional<std::uint64_t> actual;  ///< llama.cpp's `n_prompt_tokens`

  std::string reason;                  ///< of Google's `ErrorInfo`
  std::string retry_delay;             ///< of Google's `RetryInfo`, a proto duration
  std::vector<QuotaViolation> quotas;  ///< of Google's `QuotaFailure`
  bool zero_quota = false;             ///< one of them allows nothing
};

/// Never fails and never throws; bytes that are not UTF-8 read as `?`.
ErrorBody ParseErrorBody(std::string_view body);

}  // namespace reembed
