#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/clock.h"
#include "reembed/base/result.h"
#include "reembed/base/secret.h"
#include "reembed/base/stop.h"
#include "reembed/core/document.h"
#include "reembed/core/models.h"
#include "reembed/core/provider_spec.h"
#include "reembed/core/quota.h"
#include "reembed/core/token_estimate.h"
#include "reembed/ports/http.h"

namespace reembed {

/// What a provider declares, so that the core can pack, pace and check without knowing its name.
struct ProviderProperties {
  std::string name;                      ///< for messages, e.g. `acme`
  std::string endpoint;                  ///< host and port, for messages
  std::size_t dimensions = 0;            ///< expected vector length; 0: not known in advance
  std::size_t max_texts = 0;             ///< inputs in one request
  std::size_t preferred_texts = 0;       ///< small enough that a retry is cheap
  std::uint64_t max_request_tokens = 0;  ///< 0: no known limit
  std::uint64_t max_request_bytes = 0;
  std::uint64_t max_text_tokens = 0;  ///< 0: no known limit
  bool counts_texts = false;          ///< the request quota counts texts, not requests
  bool unit_vectors = true;           ///< false: at this length they come un-normalised
};

/// One request. All texts are valid UTF-8 and not blank.
struct EmbedRequest {
  std::span<const std::string> texts;
  std::string_view task_type;
  Millis timeout{120'000};  ///< in all; 10 s of it for connecting
  TextShape shape = {};     ///< of the texts together; empty: not taken
};

/// One answer: a vector per text, in the order of the texts.
struct EmbedReply {
  std::vector<Embedding> vectors;
  std::optional<std::uint64_t> tokens;  ///< billed, when the provider says so
  QuotaNotice quota = {};               ///< what its headers say
};

/// Embeds texts in one HTTP request. Never retries, never sleeps: the wrappers in src/resilience
/// do, and check the answer (count, length, finite, not all zero).
/// Shape:   n texts in → n vectors out, placed by the answer's `index` where there is one.
/// Errors:  kRateLimited, kWaitTooLong, kTransient, kBadText, kTooLong, kTooBig, kRefused,
///          kUnreachable, kAdapted (the server lacks an option; the next call does without it),
///          kInterrupted. Messages name provider and endpoint.
/// Threads: safe to call from several at once.   Cost: a repeated call is billed again.
class Provider {
 public:
  virtual ~Provider() = default;
  virtual const ProviderProperties& properties() const = 0;
  virtual Result<EmbedReply> Embed(const EmbedRequest& request, const StopTokens& stop) = 0;
};

/// What a provider is built from. All references outlive it.
struct ProviderContext {
  const ProviderSettings& settings;
  const ModelFacts* model;  ///< null: not in the catalogue
  HttpTransport& http;
  const Clock& clock;
  Redactor redact;
};

/// One entry of the explicit list in providers/builtin.cc.
struct ProviderRegistration {
  ProviderSpec spec;
  std::function<Result<std::unique_ptr<Provider>>(const ProviderContext&)> make;
};
using ProviderRegistry = std::vector<ProviderRegistration>;

/// All providers this program is built with.
ProviderRegistry BuiltinProviders();

}  // namespace reembed
