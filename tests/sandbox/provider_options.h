// How a provider double is set up: what it knows, how fast it is, what it refuses.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reembed/base/result.h"
#include "tests/sandbox/provider_faults.h"
#include "tests/sandbox/provider_quota.h"

namespace reembed::sandbox {

/// Standing troubles, each as the real services and their look-alikes show it. In the words of
/// `--mode` behind each member; a mode that a dialect does not have leaves it as it is.
struct ProviderModes {
  bool bad_key = false;        ///< `bad-key`: no key is right; the message echoes it
  bool no_credit = false;      ///< `no-credit`: 429 insufficient_quota, Google 402
  bool no_model = false;       ///< `no-model`: 404 for every model
  bool daily_quota = false;    ///< `daily-quota`: 429, the day's quota is used up
  bool limit_zero = false;     ///< `limit-0`: 429, the plan's limit is 0
  bool no_dimensions = false;  ///< `no-dimensions`: 400 on `dimensions` (vLLM's flat body)
  bool no_base64 = false;      ///< `no-base64`: 400 on `encoding_format`
  bool flat_errors = false;    ///< `flat-errors`: OpenAI errors without the `error` object
  std::size_t max_inputs = 0;  ///< `max-inputs=N`: 422 as TEI, Google 400; 0: the vendor's limit
  std::optional<std::size_t> dead_after;  ///< `dead-after=N`: every later request is reset
  std::string refuse_text;  ///< `refuse-text=S`: 400 naming the first text that contains S
  std::string refuse_anon;  ///< `refuse-anon=S`: 400 that names no text
  std::string poison;       ///< `poison=S`: 500 while a text contains S
};

/// Adds one mode, spelled as above, to `modes`. Error kUsage lists the known ones.
Status AddMode(std::string_view text, ProviderModes& modes);

/// What the provider tells of its quota. In the words of `--quota-says`.
enum class QuotaSays : std::uint8_t {
  kAll,       ///< `all`: as the vendor does
  kRefusals,  ///< `refusals`: no headers; a 429 states limit and wait
  kNothing,   ///< `nothing`: not even that
};

/// Other limits, a while after the start.
struct QuotaChange {
  std::chrono::milliseconds after{0};
  double factor = 1;  ///< of both limits as they were at the start
};

/// What a model is able to do.
struct ModelInfo {
  int native_dimensions = 0;
  std::size_t max_tokens = 8192;  ///< per text
  bool takes_dimensions = true;
  bool normalizes_short = true;  ///< unit length below the native one, too
  bool heeds_task_type = false;
};

struct ProviderOptions {
  std::string api_key;
  int port = 0;                          ///< 0: any free one
  std::chrono::milliseconds latency{0};  ///< from the arrival of a request to its answer
  QuotaLimits quota;                     ///< per dialect: Google counts contents as requests
  QuotaKind quota_kind = QuotaKind::kBucket;
  QuotaSays quota_says = QuotaSays::kAll;
  std::vector<QuotaChange> quota_changes;  ///< in the order of time
  Faults faults;
  ProviderModes modes;
  std::map<std::string, int> extra_models;  ///< name and native length, for both dialects
  bool usage = true;                        ///< token counts in answers
  bool record_texts = true;                 ///< false: the history counts texts, keeps none
};

}  // namespace reembed::sandbox
