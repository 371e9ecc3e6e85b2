// What the provider double does wrong, and when: a pure function of a seed and the request's
// number, so that a run can be repeated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "reembed/base/result.h"

namespace reembed::sandbox {

/// Faults that spoil a request. At most one strikes; their shares add up to 100 % or less.
enum class Fault : std::uint8_t {
  kRateLimit,      ///< `429`: with every header or detail that names the wait
  kRateLimitBare,  ///< `429-bare`: without any
  kServerError,    ///< `500`
  kBadGateway,     ///< `502-html`: a gateway's HTML page
  kUnavailable,    ///< `503`
  kReset,          ///< `reset`: the connection is reset before an answer
  kCut,            ///< `cut`: the connection ends in the middle of the body
  kStall,          ///< `stall`: no answer, and the connection stays open
  kBadJson,        ///< `bad-json`: 200, a whole body that is not JSON
  kMissingItem,    ///< `missing-item`: one vector is left out
  kNan,            ///< `nan`: one component is NaN (base64) or null (JSON numbers)
  kZero,           ///< `zero`: one vector is all zero
  kWrongLength,    ///< `wrong-length`: one vector lacks its last component
  kError200,       ///< `error-200`: an error body under status 200
  kEchoKey,        ///< `echo-key`: a 500 whose message shows the caller's key
};

/// Habits that leave the answer right. Drawn one by one, beside a fault and each other.
enum class Quirk : std::uint8_t {
  kShuffle,          ///< `shuffle`: items out of order, each with its `index` (OpenAI only)
  kNoIndex,          ///< `no-index`: items in order, without `index`; then never shuffled
  kNoUsage,          ///< `no-usage`: token counts are left out
  kFloatsForBase64,  ///< `floats-for-base64`: JSON numbers although base64 was asked for
};

constexpr std::size_t kFaultCount = 15;
constexpr std::size_t kQuirkCount = 4;

/// Shares in percent.
struct Faults {
  std::array<double, kFaultCount> fault_percent{};
  std::array<double, kQuirkCount> quirk_percent{};
  std::uint64_t seed = 1;

  double& operator[](Fault fault) { return fault_percent[static_cast<std::size_t>(fault)]; }
  double& operator[](Quirk quirk) { return quirk_percent[static_cast<std::size_t>(quirk)]; }
};

/// What strikes one request.
struct FaultPick {
  std::optional<Fault> fault;
  std::array<bool, kQuirkCount> quirks{};

  bool Has(Quirk quirk) const { return quirks[static_cast<std::size_t>(quirk)]; }
};

/// Reads `KIND=PERCENT,…` (`429=10,reset=2.5`), with the names above. Error kUsage names the part
/// that is wrong and what is allowed.
Result<Faults> ParseFaults(std::string_view text);

/// The pick for the request with this number.
FaultPick PickFaults(const Faults& faults, std::uint64_t number);

/// True when a fault with a share needs the raw connection: reset, cut or stall.
bool NeedsWire(const Faults& faults);

}  // namespace reembed::sandbox
