// The two languages of the provider double. A dialect reads a request and writes answers; what
// the answer is to be, the core decides (provider_core.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/sandbox/http_server.h"
#include "tests/sandbox/provider_embedder.h"
#include "tests/sandbox/provider_options.h"

namespace reembed::sandbox {

/// One embedding request, as far as it could be read.
struct EmbedCall {
  std::string key;  ///< as the caller sent it; empty: none
  std::string model;
  std::vector<std::string> texts;
  int dimensions = 0;  ///< 0: not given
  std::string task_type;
  bool base64 = false;
  bool lone = false;  ///< one text, not a list of one
};

/// What a request met instead of vectors.
enum class Trouble : std::uint8_t {
  kBadKey,           ///< missing or wrong
  kNoCredit,         ///< no waiting helps
  kDailyQuota,       ///< used up until tomorrow
  kLimitZero,        ///< the plan has no share of the model
  kRateLimit,        ///< with the wait
  kRateLimitBare,    ///< without
  kRateLimitSilent,  ///< without wait and without limit
  kRequestTooLarge,  ///< above a whole minute's tokens: never passes at this size
  kServerError,      ///< 500
  kUnavailable,      ///< 503
  kRefusedText,      ///< one text, named or not
  kError200,         ///< an error under status 200
  kEchoKey,          ///< 500 that shows the key
};

/// A trouble with its particulars.
struct Refusal {
  Trouble trouble = Trouble::kServerError;
  std::optional<std::size_t> item = {};  ///< kRefusedText: the text, unless it goes unnamed
  std::chrono::milliseconds wait{0};     ///< kRateLimit: what the caller is told
  bool by_tokens = false;                ///< kRateLimit: the token bucket is the empty one
  std::optional<QuotaState> quota = {};  ///< the buckets now, if there are limits
};

/// A request, and the refusal when it breaks a rule of the dialect itself.
struct ParsedCall {
  EmbedCall call;
  std::optional<HttpAnswer> refusal;
};

/// One vector of an answer; `index` is the place of its text in the request.
struct EmbeddedItem {
  std::size_t index = 0;
  std::vector<float> vector;
};

/// How vectors are written.
struct AnswerShape {
  bool base64 = false;
  bool with_index = true;
  bool with_usage = true;
};

/// Stateless; any thread. Answers name the wait of a refusal, but not the state of the quota: the
/// core adds QuotaHeaders() to every answer, right or refused.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// True when the request is addressed to this dialect.
  virtual bool Serves(const HttpRequest& request) const = 0;
  /// Reads a request and checks it by the vendor's rules; the key is only read.
  virtual ParsedCall Parse(const HttpRequest& request) const = 0;
  /// The vendor's status, headers and body for a trouble.
  virtual HttpAnswer Refuse(const EmbedCall& call, const Refusal& refusal) const = 0;
  /// Writes `items` as they stand, in their order.
  virtual HttpAnswer Answer(const EmbedCall& call, std::span<const EmbeddedItem> items,
                            const AnswerShape& shape) const = 0;
  /// How the vectors of this call are made.
  virtual VectorRecipe RecipeFor(const EmbedCall& call) const = 0;
  /// What the call costs in the vendor's unit of requests.
  virtual double QuotaRequests(const EmbedCall& call) const = 0;
  /// Headers that tell the state of the quota; empty where the vendor sends none.
  virtual std::vector<std::pair<std::string, std::string>> QuotaHeaders(
      const QuotaState& quota) const = 0;
};

/// `POST …/v1/embeddings` with the errors of OpenAI, and those of vLLM and TEI in their modes.
/// Only the key, models, modes and `usage` of the options matter.
std::unique_ptr<Dialect> MakeOpenAiDialect(const ProviderOptions& options);

/// `POST /v1beta/models/M:embedContent` and `:batchEmbedContents` of the Gemini Developer API.
std::unique_ptr<Dialect> MakeGeminiDialect(const ProviderOptions& options);

/// The tokens billed for a call.
std::size_t TokensOf(const EmbedCall& call);

}  // namespace reembed::sandbox
